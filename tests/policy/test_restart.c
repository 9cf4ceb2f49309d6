/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "policy/restart.h"
#include "support_tree.h"

#define SERVER "[server]\nlisten = 127.0.0.1:1\n"
#define TOKEN "[token t]\nmodule = /m.so\ntoken = t\npin-file = pin\n"

static struct text_error error;

static int
check(const char *server, const char *tokens)
{
	const struct texts before = { .server = SERVER, .tokens = TOKEN };
	const struct texts after = { .server = server, .tokens = tokens };
	struct tree *running = good_tree(&before);
	struct tree *next = good_tree(&after);
	int rv = restart_check(running, next, &error);

	tree_free(running);
	tree_free(next);
	return rv;
}

static void
takes_the_same_again(void **state)
{
	(void)state;
	assert_int_equal(check(SERVER, TOKEN), 0);
}

static void
takes_what_is_read_anew_each_time(void **state)
{
	(void)state;
	assert_int_equal(check(SERVER "user = release\n", TOKEN), 0);
	assert_int_equal(check(SERVER "[limits]\ndrain-timeout = 5s\n"
				      "digests-timeout = 5s\n",
			     TOKEN),
	    0);
}

static void
names_what_needs_a_restart(void **state)
{
	static const struct {
		const char *server, *word;
	} cases[] = {
		{ "[server]\nlisten = 127.0.0.1:2\n", "listen" },
		{ "[server]\nlisten = 127.0.0.2:1\n", "listen" },
		{ "[server]\nlisten = 127.0.0.1:1 [::1]:1\n", "listen" },
		{ SERVER "host-key = other\n", "host-key" },
		{ SERVER "state-dir = other\n", "state-dir" },
		{ SERVER "run-dir = other\n", "run-dir" },
		{ SERVER "net-user = other\n", "net-user" },
		{ SERVER "broker-user = other\n", "broker-user" },
		{ SERVER "token-user = other\n", "token-user" },
		{ SERVER "lists-user = other\n", "lists-user" },
		{ SERVER "[audit]\nfile = other\n", "audit file" },
		{ SERVER "[limits]\nconnections = 900\n", "connections" },
		{ SERVER "[limits]\nconnections-per-address = 9\n",
		    "connections-per-address" },
		{ SERVER "[limits]\nunauthenticated = 9\n", "unauthenticated" },
		{ SERVER "[limits]\nchannels = 9\n", "channels" },
		{ SERVER "[limits]\nlogin-grace = 9s\n", "login-grace" },
		{ SERVER "[limits]\nidle-timeout = 99s\n", "idle-timeout" },
		{ SERVER "[limits]\nrekey-data = 1G\n", "rekey-data" },
		{ SERVER "[limits]\nrekey-interval = 1h\n", "rekey-interval" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(check(cases[i].server, TOKEN), -1);
		if (strstr(error.what, cases[i].word) == NULL ||
		    strstr(error.what, "needs a restart") == NULL)
			fail_msg("%s: %s", cases[i].word, error.what);
	}
}

static void
takes_no_change_of_a_token(void **state)
{
	static const char *const cases[] = {
		TOKEN "[token u]\nmodule = /m.so\ntoken = u\npin-file = p\n",
		"[token t]\nmodule = /n.so\ntoken = t\npin-file = pin\n",
		"[token t]\nmodule = /m.so\ntoken = u\npin-file = pin\n",
		"[token t]\nmodule = /m.so\ntoken = t\npin-file = pim\n",
		"[token t]\nmodule = /m.so\ntoken = t\npin-credential = x\n",
		TOKEN "serial = 1\n",
		TOKEN "workers = 3\n",
		TOKEN "timeout = 3s\n",
		TOKEN "environment = A=b\n",
		TOKEN "network = yes\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(check(SERVER, cases[i]), -1);
		assert_non_null(strstr(error.what, "tokens.d"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_the_same_again),
		cmocka_unit_test(takes_what_is_read_anew_each_time),
		cmocka_unit_test(names_what_needs_a_restart),
		cmocka_unit_test(takes_no_change_of_a_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

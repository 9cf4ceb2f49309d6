/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static bool
is_word(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz-")] == '\0' &&
	    strlen(text) > 0;
}

static void
every_reason_has_its_own_word(void **state)
{
	(void)state;
	for (unsigned i = 0; i < REASON_COUNT; i++) {
		assert_true(is_word(reason_word((enum reason)i)));
		assert_true(strlen(reason_text((enum reason)i)) > 0);
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(reason_word((enum reason)i),
			    reason_word((enum reason)k));
	}
}

static void
only_success_ends_with_0(void **state)
{
	(void)state;
	assert_int_equal(reason_exit(REASON_OK), 0);
	for (unsigned i = 1; i < REASON_COUNT; i++) {
		assert_true(reason_exit((enum reason)i) >= 64);
		assert_true(reason_exit((enum reason)i) <= 78);
	}
}

static void
words_of_the_protocol_stay(void **state)
{
	(void)state;
	assert_string_equal(reason_word(REASON_OK), "ok");
	assert_string_equal(
	    reason_word(REASON_AUDIT_UNAVAILABLE), "audit-unavailable");
	assert_int_equal(reason_exit(REASON_AUDIT_UNAVAILABLE), 69);
	assert_int_equal(reason_exit(REASON_DRAINING), 75);
	assert_int_equal(reason_exit(REASON_KEY_UNKNOWN), 77);
}

static void
a_reason_off_the_list_is_fatal(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		close(STDERR_FILENO);
		(void)reason_word((enum reason)REASON_COUNT);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 70);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_has_its_own_word),
		cmocka_unit_test(only_success_ends_with_0),
		cmocka_unit_test(words_of_the_protocol_stay),
		cmocka_unit_test(a_reason_off_the_list_is_fatal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/explain_text.c src/policy/bound_list.c */
#include "policy/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_tree.h"

#define OTHER_KEY      \
	"ssh-ed25519 " \
	"AAAAC3NzaC1lZDI1NTE5AAAAIBm/RAlphM3+hUG6wWfcO5bIUIaqMLa2ywxcOK1wMWbh"
#define NOW 1800000000

static struct tree *tree;
static struct question question;
static struct explained explained;
static struct buf out;

static int
set_up(void **state)
{
	(void)state;
	memset(&question, 0, sizeof(question));
	buf_init(&out, 65536);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	buf_release(&out);
	tree_free(tree);
	tree = NULL;
	return 0;
}

static void
use(const struct texts *texts)
{
	tree_free(tree);
	tree = good_tree(texts);
	question.tree = tree;
	question.client = (struct who){ tree_client(tree, 0), "SHA256:one" };
	question.moment.address = "10.0.0.1";
	question.moment.now = NOW;
}

static enum reason
ask(const char *command)
{
	question.command = command;
	return explain(&question, &explained);
}

static const char *
text(void)
{
	buf_consume(&out, buf_len(&out));
	explain_text(&question, &explained, &out);
	buf_add(&out, "", 1);
	assert_false(out.bad);
	return buf_at(&out);
}

static void
says_each_bound_of_what_is_allowed(void **state)
{
	const struct texts texts = {
		.keys = "[key release]\ntoken = t\nobject = pkcs11:object=r\n"
			"use = raw\nnot-after = 2030-01-01\n",
		.profiles = "[profile ci]\nkeys = release\nmax-lines = 10\n"
			    "rate = 5/1m\nnotify = x\n",
		.authorized = "profile=\"ci\",from=\"10.0.0.0/8\",expiry-time="
			      "\"20290101Z\" " ED25519_KEY " build01\n",
	};

	(void)state;
	use(&texts);
	assert_int_equal(ask("sign -k release -f raw"), REASON_OK);
	assert_string_equal(text(),
	    "allowed: build01, profile ci: sign with key release, format raw, "
	    "hash sha256\n"
	    "  authorized_keys.d/a:1: client key SHA256:one of build01\n"
	    "  authorized_keys.d/a:1: client key build01: from = 10.0.0.0/8\n"
	    "  authorized_keys.d/a:1: client key build01: expiry-time = "
	    "2029-01-01T00:00:00Z\n"
	    "  profiles.d/p.conf:2: profile ci: keys = release\n"
	    "  profiles.d/p.conf:3: profile ci: max-lines = 10\n"
	    "  profiles.d/p.conf:4: profile ci: rate = 5/1m (not looked at "
	    "here)\n"
	    "  keys.d/k.conf:4: key release: use = raw\n"
	    "  keys.d/k.conf:5: key release: not-after = 2030-01-01\n");
}

static void
names_the_line_that_refuses(void **state)
{
	const struct texts texts = {
		.profiles = "[profile ci]\nkeys = release\nnames = *.deb\n"
			    "max-lines = 2\n",
	};

	(void)state;
	use(&texts);
	question.names[0] = "a.deb";
	question.names[1] = "b.rpm";
	question.name_count = 2;
	assert_int_equal(ask("sign -f raw"), REASON_NAME);
	assert_int_equal(explained.line, 2);
	assert_string_equal(text(),
	    "refused: name, exit 77\n"
	    "  profiles.d/p.conf:3 decides\n"
	    "  the client sees: countersign: line 2: the profile ci does not "
	    "allow this name; allowed: *.deb\n");
	question.number = 3;
	assert_int_equal(ask("sign -f raw"), REASON_TOO_MANY_LINES);
	assert_int_equal(explained.verdict.rule.line, 4);
}

static void
a_login_that_fails_is_no_command(void **state)
{
	const struct texts texts = {
		.authorized =
		    "profile=\"ci\",from=\"192.0.2.0/24\" " ED25519_KEY
		    " build01\n",
	};

	(void)state;
	use(&texts);
	assert_int_equal(ask("sign"), REASON_SOURCE);
	assert_int_equal(explained.stage, STAGE_LOGIN);
	assert_non_null(strstr(text(), "no login, ssh exits with 255: "));
	question.moment.address = "::ffff:192.0.2.9";
	assert_int_equal(ask("sign -f raw"), REASON_OK);
}

static void
a_second_key_is_asked_for_where_it_must_be(void **state)
{
	const struct texts texts = {
		.profiles = "[profile ci]\nkeys = release\nrequire-second = p\n"
			    "[profile p]\n",
		.authorized = "profile=\"ci\" " ED25519_KEY " build01\n"
			      "profile=\"p\" " OTHER_KEY " carol\n",
	};

	(void)state;
	use(&texts);
	assert_int_equal(ask("sign -f raw"), REASON_SECOND_KEY);
	assert_int_equal(explained.stage, STAGE_LOGIN);
	assert_int_equal(explained.verdict.rule.line, 3);
	question.second = (struct who){ tree_client(tree, 1), "SHA256:two" };
	assert_int_equal(ask("sign -f raw"), REASON_OK);
	question.second.key = question.client.key;
	assert_int_equal(ask("sign -f raw"), REASON_SECOND_KEY);
}

static void
a_suspended_key_signs_nothing(void **state)
{
	const struct texts texts = { .server = NULL };
	const struct suspension suspension = { .subject = SUBJECT_CLIENT,
		.name = "SHA256:one",
		.text = "stolen" };
	struct suspensions *set = suspensions_new();

	(void)state;
	use(&texts);
	assert_non_null(set);
	assert_int_equal(suspensions_add(set, &suspension), 0);
	question.moment.suspensions = set;
	assert_int_equal(ask("sign -f raw"), REASON_SUSPENDED);
	assert_non_null(strstr(text(), "stolen"));
	suspensions_free(set);
}

static void
commands_that_are_none_are_usage(void **state)
{
	const struct texts texts = { .server = NULL };

	(void)state;
	use(&texts);
	assert_int_equal(ask("sing -k release"), REASON_USAGE);
	assert_int_equal(ask("sign -k release -f nope"), REASON_FORMAT);
	assert_int_equal(ask("sign -k image"), REASON_KEY_UNKNOWN);
	assert_int_equal(ask("whoami"), REASON_OK);
	assert_int_equal(ask("pubkey release"), REASON_OK);
	assert_int_equal(ask(""), REASON_OK);
}

static void
without_a_command_it_is_the_default(void **state)
{
	const struct texts texts = {
		.profiles = "[profile ci]\nkeys = release\n"
			    "default = sign -f p1363\n",
	};

	(void)state;
	use(&texts);
	assert_int_equal(ask(""), REASON_OK);
	assert_string_equal(explained.grant.format, "p1363");
}

static void
json_has_the_same_in_it(void **state)
{
	const struct texts texts = {
		.profiles = "[profile ci]\nkeys = release\nhashes = sha512\n",
	};

	(void)state;
	use(&texts);
	ask("sign -f raw");
	explain_json(&question, &explained, &out);
	buf_add(&out, "", 1);
	assert_string_equal(buf_at(&out),
	    "{\"allowed\":false,\"reason\":\"hash\",\"exit\":77,"
	    "\"stage\":\"line\",\"file\":\"profiles.d/p.conf\",\"line\":3,"
	    "\"text\":\"you may not use sha256 with key release; allowed: "
	    "sha512\",\"input-line\":1,\"principal\":\"build01\","
	    "\"fp\":\"SHA256:one\",\"profile\":\"ci\",\"verb\":\"sign\","
	    "\"key\":\"release\",\"generation\":\"\",\"format\":\"raw\","
	    "\"hash\":\"sha256\",\"suspensions-looked-at\":false}");
}

/* What the broker would ask, one after another. */
static enum reason
as_the_broker(const char *command, enum hash hash, const char *name)
{
	const struct client_key *client = question.client.key;
	struct moment moment = question.moment;
	struct command parsed;
	struct text_error error;
	struct verdict verdict;
	struct grant grant;

	moment.fingerprint = question.client.fingerprint;
	if (decide_client(tree, client, &moment, &verdict) != REASON_OK)
		return verdict.reason;
	if (command_parse(command, &parsed, &error) == -1)
		return REASON_USAGE;
	if (decide_request(tree, client, &parsed, &moment, &grant, &verdict) !=
	    REASON_OK)
		return verdict.reason;
	decide_line(&grant, &moment, 1, hash, name, &verdict);
	return verdict.reason;
}

static const char *
one_of(unsigned *seed, const char *const *list, size_t count)
{
	return list[(size_t)rand_r(seed) % count];
}

/* Random trees and questions: the same word as from the broker's calls. */
static void
agrees_with_the_decisions(void **state)
{
	static const char *const words[] = { "", "names = *.deb\n",
		"formats = raw\n", "hashes = sha512\n", "verbs = check\n",
		"not-after = 2020-01-01\n", "from = 192.0.2.1\n",
		"max-lines = 1\n", "not-before = 2040-01-01\n" };
	static const char *const commands[] = { "sign", "sign -k release",
		"sign -k image", "sign -k release -f raw", "check -f p1363",
		"sign -f cms", "sign -k image -f cms", "frob" };
	static const char *const names[] = { "", "a.deb", "a.rpm" };
	static const char *const addresses[] = { "192.0.2.1", "10.0.0.1" };
	char profiles[512];
	unsigned seed = 4;
	size_t allowed = 0;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		const struct texts texts = { .profiles = profiles };
		const char *command, *a, *b;
		enum hash hash;

		/* A word may be given once. */
		do {
			a = one_of(&seed, words, 9);
			b = one_of(&seed, words, 9);
		} while (a == b && a[0] != '\0');
		snprintf(profiles, sizeof(profiles),
		    "[profile ci]\nkeys = release image\n%s%s", a, b);
		if (strstr(profiles, "2020") != NULL &&
		    strstr(profiles, "2040") != NULL)
			continue;
		use(&texts);
		question.names[0] = one_of(&seed, names, 3);
		question.name_count = 1;
		question.moment.address = one_of(&seed, addresses, 2);
		hash = (enum hash)(1 + rand_r(&seed) % 3);
		question.hash = hash;
		command = one_of(&seed, commands, 8);
		assert_int_equal(ask(command),
		    as_the_broker(command, hash, question.names[0]));
		allowed += explained.verdict.reason == REASON_OK;
	}
	assert_true(allowed > 100);
}

static void
says_what_the_log_is_not_given_to(void **state)
{
	const struct texts texts = {
		.profiles = "[profile own]\n",
		.authorized = "profile=\"own\" " ED25519_KEY " build01\n",
	};

	(void)state;
	use(&texts);
	assert_int_equal(ask("log since 1"), REASON_VERB);
	assert_non_null(strstr(text(), "log since needs log = all"));
	assert_int_equal(ask("log checkpoint"), REASON_OK);
}

static void
says_that_a_key_has_no_certificate(void **state)
{
	const struct texts texts = {
		.keys = "[key release]\ntoken = t\nobject = pkcs11:object=r\n"
			"use = raw\n",
		.profiles = "[profile ci]\nkeys = release\n",
		.authorized = "profile=\"ci\" " ED25519_KEY " build01\n",
	};

	(void)state;
	use(&texts);
	assert_int_equal(ask("cert release"), REASON_USAGE);
	assert_non_null(strstr(text(), "pubkey release gives its public key"));
	assert_int_equal(ask("pubkey release"), REASON_OK);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(says_what_the_log_is_not_given_to),
		TEST(says_that_a_key_has_no_certificate),
		TEST(says_each_bound_of_what_is_allowed),
		TEST(names_the_line_that_refuses),
		TEST(a_login_that_fails_is_no_command),
		TEST(a_second_key_is_asked_for_where_it_must_be),
		TEST(a_suspended_key_signs_nothing),
		TEST(commands_that_are_none_are_usage),
		TEST(without_a_command_it_is_the_default),
		TEST(json_has_the_same_in_it),
		TEST(agrees_with_the_decisions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

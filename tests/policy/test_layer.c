/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/layer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_tenant.h"

/* The same word in the key or in the profile; the other one says nothing. */
#define KEY                                                          \
	"[key release]\ntoken = t\nobject = pkcs11:object=release\n" \
	"use = raw\n"
#define PROFILE "[profile ci]\nkeys = release\n"
#define KEY_LINE 5
#define PROFILE_LINE 3

/* 2027-01-04 is a Monday; 08:00 in Berlin. */
#define MONDAY INT64_C(1799046000)

static struct tree *tree;
static const struct client_key *client;
static struct verdict verdict;
static struct grant grant;

static void
with(const char *key_words, const char *profile_words)
{
	char keys[1024], profiles[1024];
	const struct texts texts = { .keys = keys, .profiles = profiles };

	snprintf(keys, sizeof(keys), KEY "%s", key_words);
	snprintf(profiles, sizeof(profiles), PROFILE "%s", profile_words);
	tree_free(tree);
	tree = good_tree(&texts);
	client = tree_client(tree, 0);
}

static enum reason
request(const char *text, const char *address, int64_t now)
{
	const struct moment moment = { .address = address, .now = now };
	struct command command;
	struct text_error error;

	memset(&verdict, 0xaa, sizeof(verdict));
	assert_int_equal(command_parse(text, &command, &error), 0);
	return decide_request(
	    tree, client, &command, &moment, &grant, &verdict);
}

static enum reason
line(uint64_t number, const char *name, int64_t now)
{
	const struct moment moment = { .address = "10.2.0.7", .now = now };

	memset(&verdict, 0xaa, sizeof(verdict));
	return decide_line(
	    &grant, &moment, number, HASH_SHA256, name, &verdict);
}

static void
assert_verdict(enum reason reason, bool of_key, const char *text)
{
	char expected[MESSAGE_SIZE];

	snprintf(expected, sizeof(expected), "the %s %s",
	    of_key ? "key release" : "profile ci", text);
	assert_string_equal(reason_word(verdict.reason), reason_word(reason));
	assert_string_equal(verdict.text, expected);
	assert_string_equal(
	    verdict.rule.file, of_key ? "keys.d/k.conf" : "profiles.d/p.conf");
	assert_int_equal(verdict.rule.line, of_key ? KEY_LINE : PROFILE_LINE);
}

/* Says the word in the key first, then in the profile. */
#define IN_BOTH(words)                                              \
	for (int of_key = 1, done = (with(words, ""), 0); done < 2; \
	     done++, of_key = 0, with("", words))

static void
both_look_at_the_address(void **state)
{
	(void)state;
	IN_BOTH("from = 10.2.0.0/16 2001:db8::/32\n")
	{
		assert_int_equal(request("sign", "10.2.0.0", 1), REASON_OK);
		assert_int_equal(request("sign", "10.2.255.255", 1), REASON_OK);
		assert_int_equal(
		    request("sign", "::ffff:10.2.0.7", 1), REASON_OK);
		assert_int_equal(
		    request("sign", "2001:db8:ffff::1", 1), REASON_OK);
		assert_int_equal(request("sign", "10.3.0.0", 1), REASON_SOURCE);
		assert_verdict(REASON_SOURCE, of_key,
		    "may not be used from 10.3.0.0; allowed: "
		    "10.2.0.0/16,2001:db8::/32");
		assert_int_equal(
		    request("pubkey", "10.1.255.255", 1), REASON_SOURCE);
		assert_int_equal(
		    request("cert", "2001:db9::", 1), REASON_SOURCE);
		assert_int_equal(
		    request("sign", "::ffff:10.3.0.7", 1), REASON_SOURCE);
		assert_int_equal(
		    request("sign", "::10.2.0.7", 1), REASON_SOURCE);
	}
}

static void
a_mapped_rule_holds_for_plain_addresses(void **state)
{
	(void)state;
	IN_BOTH("from = ::ffff:10.2.0.0/112\n")
	{
		assert_int_equal(request("sign", "10.2.0.7", 1), REASON_OK);
		assert_int_equal(
		    request("sign", "::ffff:10.2.0.7", 1), REASON_OK);
		assert_int_equal(request("sign", "10.3.0.7", 1), REASON_SOURCE);
		assert_verdict(REASON_SOURCE, of_key,
		    "may not be used from 10.3.0.7; allowed: "
		    "::ffff:10.2.0.0/112");
	}
}

static void
a_key_lets_in_who_may_not_use_it(void **state)
{
	const struct moment moment = { .address = "10.3.0.7", .now = 1 };

	(void)state;
	with("from = 10.2.0.0/16\n", "");
	assert_int_equal(
	    decide_client(tree, client, &moment, &verdict), REASON_OK);
	with("", "from = 10.2.0.0/16\n");
	assert_int_equal(
	    decide_client(tree, client, &moment, &verdict), REASON_SOURCE);
}

#define HOURS "hours = Mon-Fri 08:00-18:00 CET-1CEST,M3.5.0,M10.5.0/3\n"
#define CLOSED                                                          \
	"does not sign at this time; allowed: Mon-Fri 08:00-18:00 CET-" \
	"1CEST,M3.5.0,M10.5.0/3; next at "

static void
both_keep_their_hours_to_the_second(void **state)
{
	(void)state;
	IN_BOTH(HOURS)
	{
		assert_int_equal(
		    request("sign", "::1", MONDAY - 1), REASON_HOURS);
		assert_verdict(
		    REASON_HOURS, of_key, CLOSED "2027-01-04T07:00:00Z");
		assert_int_equal(reason_exit(verdict.reason), 77);
		assert_int_equal(
		    request("check", "::1", MONDAY - 1), REASON_HOURS);
		assert_int_equal(request("sign", "::1", MONDAY), REASON_OK);
		assert_int_equal(line(1, "", MONDAY + 35999), REASON_OK);
		assert_int_equal(line(1, "", MONDAY + 36000), REASON_HOURS);
		assert_verdict(
		    REASON_HOURS, of_key, CLOSED "2027-01-05T07:00:00Z");
	}
}

static void
out_of_hours_a_client_may_look_and_ask(void **state)
{
	const struct moment night = { .address = "::1", .now = MONDAY - 1 };

	(void)state;
	IN_BOTH(HOURS)
	{
		assert_int_equal(
		    decide_client(tree, client, &night, &verdict), REASON_OK);
		assert_int_equal(
		    request("pubkey", "::1", MONDAY - 1), REASON_OK);
		assert_int_equal(request("cert", "::1", MONDAY - 1), REASON_OK);
		(void)of_key;
	}
}

static void
both_keep_their_dates_for_each_line(void **state)
{
	(void)state;
	IN_BOTH("not-after = 2027-01-04T07:00:00Z\n")
	{
		assert_int_equal(request("sign", "::1", MONDAY - 1), REASON_OK);
		assert_int_equal(line(1, "", MONDAY - 1), REASON_OK);
		assert_int_equal(line(1, "", MONDAY), REASON_NOT_AFTER);
		assert_verdict(REASON_NOT_AFTER, of_key,
		    "is not valid any more since 2027-01-04T07:00:00Z");
	}
	IN_BOTH("not-before = 2028-02-29\n")
	{
		assert_int_equal(
		    request("sign", "::1", 1835395199), REASON_NOT_BEFORE);
		assert_verdict(REASON_NOT_BEFORE, of_key,
		    "is not valid before 2028-02-29T00:00:00Z");
		assert_int_equal(request("sign", "::1", 1835395200), REASON_OK);
	}
}

static void
both_count_lines(void **state)
{
	(void)state;
	IN_BOTH("max-lines = 2\n")
	{
		assert_int_equal(request("sign", "::1", 1), REASON_OK);
		assert_int_equal(line(2, "", 1), REASON_OK);
		assert_int_equal(line(3, "", 1), REASON_TOO_MANY_LINES);
		assert_verdict(
		    REASON_TOO_MANY_LINES, of_key, "allows 2 lines a request");
	}
}

static void
both_look_at_names(void **state)
{
	(void)state;
	IN_BOTH("names = *.bin rel-[0-9]*\n")
	{
		assert_int_equal(request("sign", "::1", 1), REASON_OK);
		assert_int_equal(line(1, "a/b.bin", 1), REASON_OK);
		assert_int_equal(line(1, "rel-7.tar", 1), REASON_OK);
		assert_int_equal(line(1, "rel-x.tar", 1), REASON_NAME);
		assert_verdict(REASON_NAME, of_key,
		    "does not allow this name; allowed: *.bin, rel-[0-9]*");
		assert_int_equal(line(1, "", 1), REASON_NAME);
		assert_verdict(REASON_NAME, of_key,
		    "wants a name on each line; allowed: *.bin, rel-[0-9]*");
	}
}

static void
both_look_at_the_verb(void **state)
{
	(void)state;
	IN_BOTH("verbs = check pubkey\n")
	{
		assert_int_equal(request("check", "::1", 1), REASON_OK);
		assert_int_equal(request("pubkey", "::1", 1), REASON_OK);
		assert_int_equal(request("sign", "::1", 1), REASON_VERB);
		assert_verdict(REASON_VERB, of_key,
		    "does not allow sign; allowed: check, pubkey");
		assert_int_equal(request("cert", "::1", 1), REASON_VERB);
	}
	/* What names no key is no key's business. */
	with("verbs = check\n", "");
	assert_int_equal(
	    decide_verb(client->profile, VERB_WHOAMI, &verdict), REASON_OK);
}

static void
the_stricter_of_both_decides(void **state)
{
	(void)state;
	with("max-lines = 5\n", "max-lines = 3\n");
	assert_int_equal(request("sign", "::1", 1), REASON_OK);
	assert_int_equal(line(4, "", 1), REASON_TOO_MANY_LINES);
	assert_verdict(
	    REASON_TOO_MANY_LINES, false, "allows 3 lines a request");
	with("max-lines = 3\n", "max-lines = 5\n");
	assert_int_equal(request("sign", "::1", 1), REASON_OK);
	assert_int_equal(line(4, "", 1), REASON_TOO_MANY_LINES);
	assert_verdict(REASON_TOO_MANY_LINES, true, "allows 3 lines a request");
}

/* A tenant's word, which neither its key nor its profile says. */
static void
with_tenant(const char *word)
{
	const struct team team = {
		.keys = TEAM_KEYS,
		.profiles = TEAM_PROFILES,
		.authorized = "profile=\"ci\" " OTHER_KEY " build02\n",
	};
	char words[512];
	struct told told = { .count = 0 };

	snprintf(words, sizeof(words), BOUNDS "%s", word);
	tree_free(tree);
	tree = tree_with_tenant(words);
	assert_int_equal(add_team(tree, "team", &team, &told), 0);
	client = tree_client(tree, tree_clients(tree) - 1);
}

static void
assert_tenant(enum reason reason, const char *text)
{
	assert_string_equal(reason_word(verdict.reason), reason_word(reason));
	assert_string_equal(verdict.text, text);
	assert_string_equal(verdict.rule.file, "tenants.d/team.conf");
	assert_true(verdict.rule.line > 1);
}

static void
tenants_are_one_more_layer(void **state)
{
	(void)state;
	with_tenant(HOURS);
	assert_int_equal(request("sign", "::1", MONDAY - 1), REASON_HOURS);
	assert_tenant(
	    REASON_HOURS, "the tenant team " CLOSED "2027-01-04T07:00:00Z");
	assert_int_equal(request("sign", "::1", MONDAY), REASON_OK);
	assert_int_equal(line(1, "", MONDAY + 36000), REASON_HOURS);
	with_tenant("from = 10.2.0.0/16\n");
	assert_int_equal(request("sign", "10.2.0.7", 1), REASON_OK);
	assert_int_equal(request("sign", "::ffff:10.3.0.7", 1), REASON_SOURCE);
	assert_tenant(REASON_SOURCE,
	    "the tenant team may not be used from ::ffff:10.3.0.7; allowed: "
	    "10.2.0.0/16");
	with_tenant("max-lines = 2\n");
	assert_int_equal(request("sign", "::1", 1), REASON_OK);
	assert_int_equal(line(3, "", 1), REASON_TOO_MANY_LINES);
	assert_tenant(
	    REASON_TOO_MANY_LINES, "the tenant team allows 2 lines a request");
}

static enum priority
priority(const char *key, const char *profile)
{
	with(key, profile);
	return priority_of(client->profile, tree_key_by_name(tree, "release"));
}

static void
a_profiles_priority_goes_before_the_keys(void **state)
{
	(void)state;
	assert_int_equal(priority("", ""), PRIORITY_NORMAL);
	assert_int_equal(priority("priority = high\n", ""), PRIORITY_HIGH);
	assert_int_equal(priority("", "priority = low\n"), PRIORITY_LOW);
	assert_int_equal(
	    priority("priority = high\n", "priority = low\n"), PRIORITY_LOW);
	assert_int_equal(priority("priority = low\n", "priority = normal\n"),
	    PRIORITY_NORMAL);
}

static int
drop_tree(void **state)
{
	(void)state;
	tree_free(tree);
	tree = NULL;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_look_at_the_address),
		cmocka_unit_test(a_mapped_rule_holds_for_plain_addresses),
		cmocka_unit_test(a_key_lets_in_who_may_not_use_it),
		cmocka_unit_test(both_keep_their_hours_to_the_second),
		cmocka_unit_test(out_of_hours_a_client_may_look_and_ask),
		cmocka_unit_test(both_keep_their_dates_for_each_line),
		cmocka_unit_test(both_count_lines),
		cmocka_unit_test(both_look_at_names),
		cmocka_unit_test(both_look_at_the_verb),
		cmocka_unit_test(the_stricter_of_both_decides),
		cmocka_unit_test(tenants_are_one_more_layer),
		cmocka_unit_test(a_profiles_priority_goes_before_the_keys),
	};

	return cmocka_run_group_tests(tests, NULL, drop_tree);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/value_limit.c src/policy/value_digests.c */
#include "policy/hours.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/limits.h"
#include "support_tree.h"

#define KEY                                                          \
	"[key release]\ntoken = t\nobject = pkcs11:object=release\n" \
	"use = raw\n"
#define PROFILE "[profile ci]\nkeys = release\n"

/* The same words in a key and in a profile: a tree, and its two limits. */
static struct tree *tree;
static const struct limits *of_key, *of_profile;

static void
with(const char *words)
{
	char keys[1024], profiles[1024];
	const struct texts texts = { .keys = keys, .profiles = profiles };

	snprintf(keys, sizeof(keys), KEY "%s", words);
	snprintf(profiles, sizeof(profiles), PROFILE "%s", words);
	tree_free(tree);
	tree = good_tree(&texts);
	of_key = &tree_key_by_name(tree, "release")->limits;
	of_profile = &tree_profile_by_name(tree, "ci")->limits;
}

/* Told of the fifth line of the key and of the third of the profile. */
static void
assert_refused(const char *words, const char *what)
{
	char keys[1024], profiles[1024], line[1024];
	const struct texts in_key = { .keys = keys };
	const struct texts in_profile = { .profiles = profiles };

	snprintf(keys, sizeof(keys), KEY "%s\n", words);
	snprintf(line, sizeof(line), "keys.d/k.conf:5: %s", what);
	assert_told(&in_key, line);
	snprintf(profiles, sizeof(profiles), PROFILE "%s\n", words);
	snprintf(line, sizeof(line), "profiles.d/p.conf:3: %s", what);
	assert_told(&in_profile, line);
}

/* what names the section: "key release: " or "profile ci: ". */
static void
assert_refused_at(const char *words, unsigned line, const char *what)
{
	char keys[1024], profiles[1024], expected[1024];
	const struct texts in_key = { .keys = keys };
	const struct texts in_profile = { .profiles = profiles };

	snprintf(keys, sizeof(keys), KEY "%s", words);
	snprintf(expected, sizeof(expected),
	    "keys.d/k.conf:%u: key release: %s", line + 4, what);
	assert_told(&in_key, expected);
	snprintf(profiles, sizeof(profiles), PROFILE "%s", words);
	snprintf(expected, sizeof(expected),
	    "profiles.d/p.conf:%u: profile ci: %s", line + 2, what);
	assert_told(&in_profile, expected);
}

static void
assert_same(const struct limits *l)
{
	assert_string_equal(l->from, "10.0.0.0/8,::1");
	assert_string_equal(l->hours->text, "UTC Mon 08:00-09:00");
	assert_int_equal(l->not_before, 1767225600);
	assert_int_equal(l->not_after, 1798761600);
	assert_int_equal(l->verb_set, 1u << VERB_GREETING | 1u << VERB_SIGN);
	assert_int_equal(l->formats.count, 2);
	assert_int_equal(l->hash_set, 1u << HASH_SHA256);
	assert_string_equal(l->globs.item[1], "dist/*");
	assert_int_equal(l->max_lines, 5000);
	assert_int_equal(l->rate.lines, 100);
	assert_int_equal(l->rate.seconds, 60);
	assert_int_equal(l->burst, 300);
	assert_int_equal(l->per_day, 10000);
	assert_int_equal(l->concurrency, 4);
	assert_true(l->suspends);
	assert_int_equal(l->repeat_window, 600);
	assert_int_equal(l->priority, PRIORITY_HIGH);
	assert_string_equal(l->env.item[0], "BUILD_URL");
	assert_string_equal(l->env.item[1], "CI_*");
	assert_string_equal(l->purpose, "firmware of the night");
	assert_string_equal(l->notify, "night");
}

static void
keys_and_profiles_take_the_same_words(void **state)
{
	(void)state;
	with(
	    "from = 10.0.0.0/8 ::1\nhours = UTC Mon 08:00-09:00\nnot-before = 2026-01-01\n"
	    "not-after = 2027-01-01\nverbs = sign\nformats = raw p1363\n"
	    "hashes = sha256\nnames = *.bin, dist/*\nmax-lines = 5000\n"
	    "rate = 100/1m\nburst = 300\nper-day = 10000\n"
	    "concurrency = 4\non-exceed = suspend\nrepeat-window = 10m\n"
	    "priority = high\nenv = BUILD_URL CI_*\n"
	    "purpose = firmware of the night\nnotify = night\n");
	assert_same(of_key);
	assert_same(of_profile);
	assert_string_equal(of_key->rate_rule.file, "keys.d/k.conf");
	assert_int_equal(of_key->rate_rule.line, 14);
	assert_string_equal(of_profile->per_day_rule.file, "profiles.d/p.conf");
	assert_int_equal(of_profile->per_day_rule.line, 14);
	assert_string_equal(limits_first(of_key), "from");
}

static void
nothing_is_limited_where_nothing_is_said(void **state)
{
	(void)state;
	with("");
	for (int i = 0; i < 2; i++) {
		const struct limits *l = i == 0 ? of_key : of_profile;

		assert_null(l->from);
		assert_null(l->hours);
		assert_int_equal(l->max_lines, 0);
		assert_int_equal(l->rate.lines, 0);
		assert_int_equal(l->burst, 0);
		assert_int_equal(l->per_day, 0);
		assert_int_equal(l->concurrency, 0);
		assert_int_equal(l->repeat_window, 0);
		assert_int_equal(l->priority, PRIORITY_NONE);
		assert_int_equal(l->verb_set, (1u << VERB_COUNT) - 1);
		assert_false(l->suspends);
		assert_null(l->env.item);
		assert_null(l->purpose);
		assert_null(limits_first(l));
	}
}

static void
assert_rate(const char *value, uint32_t lines, uint32_t seconds)
{
	char words[64];

	snprintf(words, sizeof(words), "rate = %s\n", value);
	with(words);
	assert_int_equal(of_key->rate.lines, lines);
	assert_int_equal(of_key->rate.seconds, seconds);
	assert_int_equal(of_profile->rate.lines, lines);
}

static void
a_rate_is_lines_and_a_time(void **state)
{
	(void)state;
	assert_rate("5/s", 5, 1);
	assert_rate("5/second", 5, 1);
	assert_rate("100/m", 100, 60);
	assert_rate("100/min", 100, 60);
	assert_rate("100/minute", 100, 60);
	assert_rate("7/h", 7, 3600);
	assert_rate("7/hour", 7, 3600);
	assert_rate("1/d", 1, 86400);
	assert_rate("1/day", 1, 86400);
	assert_rate("20/90s", 20, 90);
	assert_rate("20/31d", 20, 31 * 86400);
	assert_rate("1000000/s", 1000000, 1);
}

static void
refuses_rates_that_are_none(void **state)
{
	static const char *const bad[] = { "100", "0/1m", "100/", "/1m",
		"100/0s", "100/32d", "100/1w", "-1/1m", "1.5/s", "100 /1m",
		"100/1m/1m", "4294967296/1d", "99999999999999999999/1m" };
	char words[64], what[160];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(words, sizeof(words), "rate = %s", bad[i]);
		snprintf(what, sizeof(what),
		    "rate must be lines and a time of at most 31d, such as "
		    "100/1m or 5/s, not \"%s\"",
		    bad[i]);
		assert_refused(words, what);
	}
	assert_refused_at("rate = 2000000/s\n", 1,
	    "a rate is at most 1000000 lines a second");
}

static void
refuses_words_that_would_do_nothing(void **state)
{
	(void)state;
	assert_refused_at(
	    "burst = 10\n", 1, "burst needs a rate, such as rate = 100/1m");
	assert_refused_at("purpose = x\non-exceed = suspend\n", 2,
	    "on-exceed = suspend needs a rate or per-day");
	assert_refused_at("not-after = 2026-01-01\nnot-before = 2026-01-01\n",
	    1, "not-after is not later than not-before");
	with("on-exceed = refuse\n");
	assert_false(of_profile->suspends);
	with("on-exceed = suspend\nper-day = 1\n");
	assert_true(of_profile->suspends);
}

static void
refuses_numbers_outside_their_bounds(void **state)
{
	(void)state;
	assert_refused(
	    "burst = 0", "burst must be a number from 1 to 1000000, not \"0\"");
	assert_refused("burst = 1000001",
	    "burst must be a number from 1 to 1000000, not \"1000001\"");
	assert_refused("per-day = 0",
	    "per-day must be a number from 1 to 4294967295, not \"0\"");
	assert_refused("concurrency = 65536",
	    "concurrency must be a number from 1 to 65535, not \"65536\"");
	assert_refused("max-lines = many",
	    "max-lines must be a number from 1 to 4294967295, not \"many\"");
	assert_refused("repeat-window = 0",
	    "repeat-window must be a time such as 30s, 10m, 2h or 1d, from 1s "
	    "to 2678400s, not \"0\"");
	assert_refused("repeat-window = 32d",
	    "repeat-window must be a time such as 30s, 10m, 2h or 1d, from 1s "
	    "to 2678400s, not \"32d\"");
}

static void
refuses_words_of_closed_lists(void **state)
{
	(void)state;
	assert_refused("priority = urgent",
	    "priority must be high, normal or low, not \"urgent\"");
	assert_refused("priority = High",
	    "priority must be high, normal or low, not \"High\"");
	assert_refused("on-exceed = ignore",
	    "on-exceed must be refuse or suspend, not \"ignore\"");
	assert_refused("names = a b a", "\"a\" is given twice");
	assert_refused("names = *.bin [a-",
	    "\"[a-\" has a '[' without its "
	    "']'");
	assert_refused("from = 10.0.0.1/8",
	    "\"10.0.0.1/8\": the address has bits behind its mask");
}

static void
refuses_variables_that_could_not_be(void **state)
{
	static const char *const bad[] = { "A=B", "1A", "A-B", "[AB]",
		"aaaaaaaaaabbbbbbbbbbcccccccc*" };
	char words[128], what[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(words, sizeof(words), "env = %s", bad[i]);
		snprintf(what, sizeof(what),
		    "env: \"%.64s\" is not a variable's name or pattern of "
		    "at most 28 bytes, such as BUILD_URL or CI_*",
		    bad[i]);
		assert_refused(words, what);
	}
}

static void
a_purpose_is_one_hundred_bytes_for_people(void **state)
{
	char words[160] = "purpose = ";
	const size_t at = strlen(words);

	(void)state;
	memset(words + at, 'x', 100);
	words[at + 100] = '\n';
	with(words);
	assert_int_equal(strlen(of_key->purpose), 100);
	words[at + 100] = 'x';
	assert_refused(words, "purpose is over 100 bytes");
	assert_refused("purpose = a\u200b",
	    "a character that is not shown (U+200B) in the line");
}

static const struct profile *
profile_with(const char *words)
{
	char profiles[1024];
	const struct texts texts = { .profiles = profiles };

	tree_free(tree);
	snprintf(profiles, sizeof(profiles),
	    PROFILE "%s[profile person]\nkeys = release\n", words);
	tree = good_tree(&texts);
	return tree_profile_by_name(tree, "ci");
}

static void
assert_profile_refused(const char *words, const char *what)
{
	char profiles[1024], line[1024];
	const struct texts texts = { .profiles = profiles };

	snprintf(profiles, sizeof(profiles),
	    PROFILE "%s[profile person]\nkeys = release\n", words);
	snprintf(line, sizeof(line), "profiles.d/p.conf:%s", what);
	assert_told(&texts, line);
}

static void
a_second_key_has_another_profile(void **state)
{
	const struct profile *p = profile_with("require-second = person\n");

	(void)state;
	assert_string_equal(p->second, "person");
	assert_int_equal(p->second_rule.line, 3);
	assert_profile_refused("require-second = nobody\n",
	    "3: profile ci: require-second: there is no profile nobody");
	assert_profile_refused("require-second = ci\n",
	    "3: profile ci: require-second must name another profile");
	assert_profile_refused("require-second = a/b\n",
	    "3: require-second: \"a/b\" is not a name");
	assert_profile_refused("require-second = person\n[profile x]\n"
			       "require-second = ci\n",
	    "5: profile x: require-second: profile ci needs a second key "
	    "itself (profiles.d/p.conf:3)");
}

static void
digests_come_from_a_file_or_a_command(void **state)
{
	const struct profile *p = profile_with("digests-from = lists/a\n");

	(void)state;
	assert_string_equal(p->digests.file, "/etc/cs/profiles.d/lists/a");
	assert_null(p->digests.command.item);
	assert_int_equal(p->digests.rule.line, 3);
	p = profile_with("digests-from = !/usr/bin/ask  --hex=%d %% %n\n"
			 "digests-network = yes\n");
	assert_null(p->digests.file);
	assert_int_equal(p->digests.command.count, 4);
	assert_string_equal(p->digests.command.item[0], "/usr/bin/ask");
	assert_string_equal(p->digests.command.item[1], "--hex=%d");
	assert_string_equal(p->digests.command.item[3], "%n");
	assert_null(p->digests.command.item[4]);
	assert_true(p->digests.network);
	assert_int_equal(p->digests.network_rule.line, 4);
}

static void
refuses_commands_that_could_not_run(void **state)
{
	char words[512] = "digests-from = !/a";

	(void)state;
	assert_profile_refused("digests-from = !ask %d\n",
	    "3: digests-from: a command is !/PATH and at most 31 arguments, "
	    "separated by blanks");
	assert_profile_refused("digests-from = ! /ask\n",
	    "3: digests-from: a command is !/PATH and at most 31 arguments, "
	    "separated by blanks");
	assert_profile_refused("digests-from = !/ask %x\n",
	    "3: digests-from: %x is none of %d %h %n %k %f %p %u %%");
	assert_profile_refused("digests-from = !/ask 100%\n",
	    "3: digests-from: % is none of %d %h %n %k %f %p %u %%");
	for (int i = 0; i < 32; i++)
		strncat(words, " b", 3);
	strncat(words, "\n", 2);
	assert_profile_refused(words,
	    "3: digests-from: a command is !/PATH and at most 31 arguments, "
	    "separated by blanks");
	assert_profile_refused("digests-network = no\n",
	    "3: profile ci: digests-network is for digests-from with a "
	    "command");
	assert_profile_refused("digests-from = /a\ndigests-network = yes\n",
	    "4: profile ci: digests-network is for digests-from with a "
	    "command");
}

static void
the_words_of_profiles_are_not_those_of_keys(void **state)
{
	static const char *const words[] = { "require-second", "digests-from",
		"digests-network" };
	char keys[512];
	struct told told;

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const struct texts texts = { .keys = keys };

		snprintf(keys, sizeof(keys), KEY "%s = yes\n", words[i]);
		tree_free(tree_of(&texts, &told));
		assert_int_equal(told.count, 1);
		assert_non_null(strstr(told.text, "unknown word"));
	}
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
		cmocka_unit_test(keys_and_profiles_take_the_same_words),
		cmocka_unit_test(nothing_is_limited_where_nothing_is_said),
		cmocka_unit_test(a_rate_is_lines_and_a_time),
		cmocka_unit_test(refuses_rates_that_are_none),
		cmocka_unit_test(refuses_words_that_would_do_nothing),
		cmocka_unit_test(refuses_numbers_outside_their_bounds),
		cmocka_unit_test(refuses_words_of_closed_lists),
		cmocka_unit_test(refuses_variables_that_could_not_be),
		cmocka_unit_test(a_purpose_is_one_hundred_bytes_for_people),
		cmocka_unit_test(a_second_key_has_another_profile),
		cmocka_unit_test(digests_come_from_a_file_or_a_command),
		cmocka_unit_test(refuses_commands_that_could_not_run),
		cmocka_unit_test(the_words_of_profiles_are_not_those_of_keys),
	};

	return cmocka_run_group_tests(tests, NULL, drop_tree);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/env.c */
#include "broker/env.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *profile_globs[] = { "CI_*", "BUILD_URL" };
static const char *key_globs[] = { "RELEASE" };
static const struct profile profile = { .limits.env = { profile_globs, 2 } };
static const struct profile silent;
static const struct signing_key key = { .limits.env = { key_globs, 1 } };

static struct variables came;
static struct env *env;
static struct record r;

static int
set_up(void **state)
{
	(void)state;
	came.count = 0;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free(env);
	env = NULL;
	return 0;
}

static void
add(const char *name, const char *value)
{
	struct variable *v = &came.item[came.count++];

	strcpy(v->name, name);
	strcpy(v->value, value);
}

/* What env_record writes, with the blank before it. */
static const char *
written(void)
{
	static const struct record_origin origin = { "h", 1 };
	struct chain chain;
	size_t begin;

	chain_init(&chain);
	record_begin(&r, EVENT_SIGN, &origin, &chain, 0);
	begin = r.len;
	env_record(&r, env);
	assert_false(r.bad);
	assert_in_range(r.len - begin, 0, RECORD_ENV_MAX);
	r.line[r.len] = '\0';
	return r.line + begin;
}

static void
nothing_is_kept_that_nobody_wants(void **state)
{
	(void)state;
	add("LANG", "C");
	add("CI", "true");
	add("RELEASE", "9");
	assert_null(env_choose(&came, &profile, NULL));
	assert_null(env_choose(&came, &silent, NULL));
	assert_string_equal(written(), "");
}

static void
what_the_profile_or_the_key_wants_is_kept(void **state)
{
	(void)state;
	add("LANG", "C");
	add("CI_JOB", "1");
	add("RELEASE", "9");
	add("ci_job", "2");
	env = env_choose(&came, &profile, &key);
	assert_string_equal(written(), " env.CI_JOB=\"1\" env.RELEASE=\"9\"");
	free(env);
	env = env_choose(&came, &silent, &key);
	assert_string_equal(written(), " env.RELEASE=\"9\"");
}

static void
the_first_four_are_kept(void **state)
{
	(void)state;
	add("CI_1", "a");
	add("OTHER", "x");
	add("CI_2", "b");
	add("CI_3", "c");
	add("CI_4", "d");
	add("CI_5", "e");
	env = env_choose(&came, &profile, NULL);
	assert_string_equal(written(),
	    " env.CI_1=\"a\" env.CI_2=\"b\" env.CI_3=\"c\" env.CI_4=\"d\"");
}

static void
what_is_not_wanted_any_more_is_dropped(void **state)
{
	(void)state;
	add("CI_1", "a");
	add("RELEASE", "9");
	add("CI_2", "b");
	env = env_choose(&came, &profile, &key);
	env_narrow(env, &silent, &key);
	assert_string_equal(written(), " env.RELEASE=\"9\"");
	env_narrow(env, &silent, NULL);
	assert_string_equal(written(), "");
	env_narrow(NULL, &silent, NULL);
}

static void
values_are_escaped(void **state)
{
	(void)state;
	add("CI_1", "a\"] seq=\"1\n");
	env = env_choose(&came, &profile, NULL);
	assert_string_equal(
	    written(), " env.CI_1=\"a\\\"\\] seq=\\\"1\\\\x0a\"");
}

static void
one_long_value_has_all_the_room(void **state)
{
	char value[VARIABLE_VALUE_SIZE];

	(void)state;
	memset(value, 'v', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	add("CI_1", value);
	env = env_choose(&came, &profile, NULL);
	assert_int_equal(strlen(written()), RECORD_ENV_MAX);
	assert_non_null(strstr(written(), "vvv\\\\\xe2\x80\xa6\""));
}

static void
short_ones_leave_their_room_to_the_next(void **state)
{
	char value[VARIABLE_VALUE_SIZE];

	(void)state;
	memset(value, 'v', 150);
	value[150] = '\0';
	add("CI_1", "1");
	add("CI_2", "2");
	add("CI_3", value);
	env = env_choose(&came, &profile, NULL);
	assert_non_null(strstr(written(), value));
}

static void
four_of_the_worst_still_fit(void **state)
{
	char name[VARIABLE_SIZE], value[VARIABLE_VALUE_SIZE];

	(void)state;
	memset(value, '\x01', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	for (unsigned i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "CI_%025u", i);
		add(name, value);
	}
	env = env_choose(&came, &profile, NULL);
	assert_non_null(strstr(written(), "env.CI_0000000000000000000000003="));
	assert_non_null(strstr(written(), "\\\\x01\\\\\xe2\x80\xa6\""));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_kept_that_nobody_wants),
		TEST(what_the_profile_or_the_key_wants_is_kept),
		TEST(the_first_four_are_kept),
		TEST(what_is_not_wanted_any_more_is_dropped),
		TEST(values_are_escaped),
		TEST(one_long_value_has_all_the_room),
		TEST(short_ones_leave_their_room_to_the_next),
		TEST(four_of_the_worst_still_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

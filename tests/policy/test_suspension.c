/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/suspension.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct suspensions *set;

static int
set_up(void **state)
{
	(void)state;
	return (set = suspensions_new()) != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	suspensions_free(set);
	return 0;
}

static void
add(enum subject subject, const char *name, const char *text)
{
	struct suspension one = { .subject = subject, .by = "root" };

	snprintf(one.name, sizeof(one.name), "%s", name);
	snprintf(one.text, sizeof(one.text), "%s", text);
	assert_int_equal(suspensions_add(set, &one), 0);
}

static void
assert_at(size_t number, enum subject subject, const char *name)
{
	const struct suspension *one = suspensions_at(set, number);

	assert_non_null(one);
	assert_int_equal(one->subject, subject);
	assert_string_equal(one->name, name);
}

static void
finds_what_was_added_and_nothing_else(void **state)
{
	const struct suspension *one;

	(void)state;
	assert_null(suspensions_at(set, 0));
	assert_null(suspensions_find(set, SUBJECT_KEY, "release"));
	add(SUBJECT_KEY, "release", "lost");
	one = suspensions_find(set, SUBJECT_KEY, "release");
	assert_non_null(one);
	assert_string_equal(one->text, "lost");
	assert_string_equal(one->by, "root");
	assert_null(suspensions_find(set, SUBJECT_PROFILE, "release"));
	assert_null(suspensions_find(set, SUBJECT_KEY, "releases"));
	assert_null(suspensions_find(set, SUBJECT_KEY, "Release"));
	assert_null(suspensions_find(set, SUBJECT_KEY, ""));
}

static void
takes_the_place_of_one_of_the_same_thing(void **state)
{
	(void)state;
	add(SUBJECT_KEY, "release", "lost");
	add(SUBJECT_PROFILE, "ci", "too much");
	add(SUBJECT_KEY, "release", "found, but not by us");
	assert_at(0, SUBJECT_KEY, "release");
	assert_at(1, SUBJECT_PROFILE, "ci");
	assert_null(suspensions_at(set, 2));
	assert_string_equal(suspensions_find(set, SUBJECT_KEY, "release")->text,
	    "found, but not by us");
}

static void
forgets_what_was_removed(void **state)
{
	(void)state;
	add(SUBJECT_KEY, "a", "");
	add(SUBJECT_KEY, "b", "");
	add(SUBJECT_KEY, "c", "");
	assert_false(suspensions_remove(set, SUBJECT_CLIENT, "b"));
	assert_true(suspensions_remove(set, SUBJECT_KEY, "b"));
	assert_false(suspensions_remove(set, SUBJECT_KEY, "b"));
	assert_null(suspensions_find(set, SUBJECT_KEY, "b"));
	assert_at(0, SUBJECT_KEY, "a");
	assert_at(1, SUBJECT_KEY, "c");
	assert_null(suspensions_at(set, 2));
	add(SUBJECT_KEY, "b", "");
	assert_at(2, SUBJECT_KEY, "b");
}

static void
holds_many(void **state)
{
	enum {
		MANY = 5000
	};
	char name[32];

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "SHA256:%u", i);
		add(SUBJECT_CLIENT, name, "");
	}
	for (unsigned i = 0; i < MANY; i += 2) {
		snprintf(name, sizeof(name), "SHA256:%u", i);
		assert_true(suspensions_remove(set, SUBJECT_CLIENT, name));
	}
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "SHA256:%u", i);
		assert_int_equal(
		    suspensions_find(set, SUBJECT_CLIENT, name) != NULL,
		    i % 2 == 1);
	}
	assert_at(0, SUBJECT_CLIENT, "SHA256:1");
	assert_at(MANY / 2 - 1, SUBJECT_CLIENT, name);
	assert_null(suspensions_at(set, MANY / 2));
}

static void
covers_what_belongs_to_a_suspended_tenant(void **state)
{
	const struct suspension *one;

	(void)state;
	add(SUBJECT_TENANT, "team/sub", "left");
	one = suspensions_cover(set, SUBJECT_KEY, "team/sub/release");
	assert_non_null(one);
	assert_int_equal(one->subject, SUBJECT_TENANT);
	assert_non_null(suspensions_cover(set, SUBJECT_PROFILE, "team/sub/ci"));
	assert_non_null(suspensions_cover(set, SUBJECT_TENANT, "team/sub"));
	assert_non_null(suspensions_cover(set, SUBJECT_TENANT, "team/sub/own"));
	assert_null(suspensions_cover(set, SUBJECT_KEY, "team/release"));
	assert_null(suspensions_cover(set, SUBJECT_KEY, "team/sub"));
	assert_null(suspensions_cover(set, SUBJECT_KEY, "team/subs/release"));
	assert_null(suspensions_cover(set, SUBJECT_KEY, "a/team/sub/release"));
	/* People and their keys have no tenant's name before them. */
	assert_null(suspensions_cover(set, SUBJECT_PRINCIPAL, "team/sub/ann"));
	assert_null(suspensions_cover(set, SUBJECT_CLIENT, "team/sub/SHA256:"));
	add(SUBJECT_KEY, "team/sub/release", "its own");
	one = suspensions_cover(set, SUBJECT_KEY, "team/sub/release");
	assert_string_equal(one->text, "its own");
}

static void
no_set_covers_nothing(void **state)
{
	(void)state;
	assert_null(suspensions_cover(NULL, SUBJECT_KEY, "release"));
}

static void
each_subject_has_a_word(void **state)
{
	(void)state;
	for (int i = 0; i < SUBJECT_COUNT; i++)
		assert_int_equal(
		    subject_by_word(subject_word((enum subject)i)), i);
	assert_int_equal(subject_by_word("keys"), SUBJECT_COUNT);
	assert_int_equal(subject_by_word(""), SUBJECT_COUNT);
	assert_int_equal(subject_by_word("Key"), SUBJECT_COUNT);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(finds_what_was_added_and_nothing_else),
		TEST(takes_the_place_of_one_of_the_same_thing),
		TEST(forgets_what_was_removed),
		TEST(holds_many),
		TEST(covers_what_belongs_to_a_suspended_tenant),
		cmocka_unit_test(no_set_covers_nothing),
		cmocka_unit_test(each_subject_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/review/pairs.c src/review/distinct.c */
#include "review/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "review/distinct.h"

static void
a_name_has_one_row(void **state)
{
	struct tally t;
	struct row *row;

	(void)state;
	tally_init(&t, 7);
	row = tally_row(&t, "alice");
	assert_ptr_equal(tally_row(&t, "alice"), row);
	assert_ptr_not_equal(tally_row(&t, "Alice"), row);
	assert_string_equal(row->name, "alice");
	assert_int_equal(row->id, 7);
	assert_int_equal(t.count, 2);
	tally_release(&t);
}

static void
words_are_joined_and_taken_apart(void **state)
{
	struct tally t;
	char part[TALLY_NAME];
	const struct row *row;

	(void)state;
	tally_init(&t, 0);
	row = tally_join(&t, "a b", "", "c");
	assert_string_equal(tally_part(row, 0, part), "a b");
	assert_string_equal(tally_part(row, 1, part), "");
	assert_string_equal(tally_part(row, 2, part), "c");
	assert_string_equal(tally_part(row, 3, part), "");
	tally_release(&t);
}

static void
remembers_the_earliest_and_the_latest(void **state)
{
	struct tally t;
	struct row *row;

	(void)state;
	tally_init(&t, 0);
	row = tally_row(&t, "x");
	row_count(row, TALLY_SIGNED, 50);
	row_count(row, TALLY_FAILED, 20);
	row_count(row, TALLY_SIGNED, 90);
	assert_int_equal(row->first_us, 20);
	assert_int_equal(row->last_us, 90);
	assert_int_equal(row_sum(row), 3);
	tally_release(&t);
}

static void
sorts_by_sum_and_leaves_out_what_was_not_counted(void **state)
{
	struct tally t;
	const struct row **rows;

	(void)state;
	tally_init(&t, 0);
	tally_row(&t, "none");
	row_count(tally_row(&t, "b"), TALLY_SIGNED, 1);
	row_count(tally_row(&t, "a"), TALLY_SIGNED, 1);
	for (size_t i = 0; i < 9; i++)
		row_count(tally_row(&t, "login"), TALLY_LOGINS, 1);
	assert_int_equal(tally_sorted(&t, &rows), 3);
	assert_string_equal(rows[0]->name, "a");
	assert_string_equal(rows[1]->name, "b");
	assert_string_equal(rows[2]->name, "login");
	free(rows);
	tally_release(&t);
}

/* Addresses come from strangers. */
static void
a_flood_of_names_ends_in_one_row(void **state)
{
	struct tally t;
	const struct row **rows;
	char name[32];
	size_t count;

	(void)state;
	tally_init(&t, 0);
	for (unsigned i = 0; i < TALLY_ROWS + 100; i++) {
		snprintf(name, sizeof(name), "2001:db8::%x", i);
		row_count(tally_row(&t, name), TALLY_BAD_LOGINS, 1);
	}
	assert_int_equal(t.count, TALLY_ROWS);
	assert_int_equal(row_sum(&t.rest), 100);
	count = tally_sorted(&t, &rows);
	assert_int_equal(count, TALLY_ROWS + 1);
	assert_string_equal(rows[count - 1]->name, "(others)");
	free(rows);
	tally_release(&t);
}

static void
counts_pairs(void **state)
{
	struct pairs p;
	uint32_t a, b, times, seen = 0;
	size_t at = 0;

	(void)state;
	pairs_init(&p, 100000, true);
	for (uint32_t i = 0; i < 30000; i++)
		assert_true(pairs_add(&p, i % 7, i));
	for (uint32_t i = 0; i < 30000; i++)
		assert_false(pairs_add(&p, i % 7, i));
	while (pairs_next(&p, &at, &a, &b, &times)) {
		assert_int_equal(a, b % 7);
		assert_int_equal(times, 2);
		seen++;
	}
	assert_int_equal(seen, 30000);
	assert_false(p.full);
	pairs_release(&p);
}

static void
pairs_have_a_ceiling(void **state)
{
	struct pairs p;

	(void)state;
	pairs_init(&p, 10, false);
	for (uint32_t i = 0; i < 20; i++)
		pairs_add(&p, 1, i);
	assert_int_equal(p.used, 10);
	assert_true(p.full);
	/* What is in it is still known. */
	assert_false(pairs_add(&p, 1, 3));
	pairs_release(&p);
}

static void
digests_are_told_apart(void **state)
{
	struct distinct d;
	char text[65];

	(void)state;
	assert_int_equal(distinct_init(&d), 0);
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "%064x", i);
		assert_int_equal(distinct_index(&d, "sha256", text), i);
	}
	assert_int_equal(distinct_index(&d, "sha256", text), 4999);
	/* The same bytes under another hash are another digest. */
	assert_int_equal(distinct_index(&d, "sha3-256", text), 5000);
	assert_true(distinct_first(&d, 1, 4999));
	assert_false(distinct_first(&d, 1, 4999));
	assert_true(distinct_first(&d, 2, 4999));
	assert_true(distinct_exact(&d));
	distinct_release(&d);
}

static void
digests_beyond_the_ceiling_are_not_exact(void **state)
{
	struct distinct d;

	(void)state;
	assert_int_equal(distinct_init(&d), 0);
	d.max = 2;
	assert_int_equal(distinct_index(&d, "sha256", "00"), 0);
	assert_int_equal(distinct_index(&d, "sha256", "01"), 1);
	assert_int_equal(distinct_index(&d, "sha256", "02"), DISTINCT_NONE);
	assert_int_equal(distinct_index(&d, "sha256", "01"), 1);
	assert_false(distinct_first(&d, 1, DISTINCT_NONE));
	assert_false(distinct_exact(&d));
	distinct_release(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_has_one_row),
		cmocka_unit_test(words_are_joined_and_taken_apart),
		cmocka_unit_test(remembers_the_earliest_and_the_latest),
		cmocka_unit_test(
		    sorts_by_sum_and_leaves_out_what_was_not_counted),
		cmocka_unit_test(a_flood_of_names_ends_in_one_row),
		cmocka_unit_test(counts_pairs),
		cmocka_unit_test(pairs_have_a_ceiling),
		cmocka_unit_test(digests_are_told_apart),
		cmocka_unit_test(digests_beyond_the_ceiling_are_not_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/arena.c */
#include "policy/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/arena.h"

struct row {
	char name[32];
};

static const void *
row_key(const struct rows *rows, size_t number, size_t *ret_len)
{
	const struct row *row = rows_at(rows, number);

	*ret_len = strlen(row->name);
	return row->name;
}

static void
finds_every_row_by_its_key_and_no_other(void **state)
{
	struct rows rows;
	struct index index;
	char name[32];

	(void)state;
	rows_init(&rows, sizeof(struct row));
	index_init(&index, &rows, row_key);
	assert_int_equal(index_find(&index, "n0", 2), INDEX_NONE);
	for (unsigned i = 0; i < 5000; i++) {
		struct row *row = rows_add(&rows);

		assert_non_null(row);
		snprintf(row->name, sizeof(row->name), "n%u", i);
		assert_int_equal(index_add(&index, i), 0);
	}
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		assert_int_equal(index_find(&index, name, strlen(name)), i);
	}
	assert_int_equal(index_find(&index, "n5000", 5), INDEX_NONE);
	assert_int_equal(index_find(&index, "n", 1), INDEX_NONE);
	assert_int_equal(index_find(&index, "", 0), INDEX_NONE);
	index_release(&index);
	rows_release(&rows);
}

static size_t looked_at;

static const void *
counted_key(const struct rows *rows, size_t number, size_t *ret_len)
{
	looked_at++;
	return row_key(rows, number, ret_len);
}

/* As somebody would work it out who knows how we hash, but for the seed. */
static bool
falls_into_place(const char *name)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *name != '\0'; name++)
		hash = (hash ^ (uint8_t)*name) * 0x100000001b3u;
	return ((hash ^ hash >> 32) & 0xfff) == 7;
}

static void
chosen_keys_do_not_fall_into_one_place(void **state)
{
	struct rows rows;
	struct index index;
	char name[32];

	(void)state;
	rows_init(&rows, sizeof(struct row));
	index_init(&index, &rows, counted_key);
	for (unsigned i = 0; rows.count < 2000; i++) {
		struct row *row;

		snprintf(name, sizeof(name), "n%u", i);
		if (!falls_into_place(name))
			continue;
		row = rows_add(&rows);
		assert_non_null(row);
		memcpy(row->name, name, sizeof(name));
		assert_int_equal(index_add(&index, rows.count - 1), 0);
	}
	looked_at = 0;
	for (size_t i = 0; i < rows.count; i++) {
		const struct row *row = rows_at(&rows, i);

		assert_int_equal(
		    index_find(&index, row->name, strlen(row->name)), i);
	}
	assert_in_range(looked_at, 2000, 20000);
	index_release(&index);
	rows_release(&rows);
}

/* As a rollback does: from the last row back, whatever came between. */
static void
forgets_rows_that_are_cut_off_and_finds_all_others(void **state)
{
	struct rows rows;
	struct index index;
	char name[32];

	(void)state;
	rows_init(&rows, sizeof(struct row));
	index_init(&index, &rows, row_key);
	for (unsigned round = 0; round < 40; round++) {
		size_t kept = rows.count;

		for (unsigned i = 0; i < 97; i++) {
			struct row *row = rows_add(&rows);

			assert_non_null(row);
			snprintf(row->name, sizeof(row->name), "%zu.%u",
			    rows.count, round % 2);
			assert_int_equal(index_add(&index, rows.count - 1), 0);
		}
		if (round % 2 == 0)
			continue;
		for (size_t i = rows.count; i > kept; i--)
			index_drop(&index, i - 1);
		rows_cut(&rows, kept);
		assert_int_equal(index.used, kept);
	}
	assert_int_equal(rows.count, 20 * 97);
	for (size_t i = 0; i < 2 * rows.count; i++) {
		snprintf(name, sizeof(name), "%zu.0", i + 1);
		assert_int_equal(index_find(&index, name, strlen(name)),
		    i < rows.count ? i : INDEX_NONE);
		snprintf(name, sizeof(name), "%zu.1", i + 1);
		assert_int_equal(
		    index_find(&index, name, strlen(name)), INDEX_NONE);
	}
	index_release(&index);
	rows_release(&rows);
}

static void
drops_nothing_for_a_row_that_is_in_no_index(void **state)
{
	struct rows rows;
	struct index index;
	struct row *row;

	(void)state;
	rows_init(&rows, sizeof(struct row));
	index_init(&index, &rows, row_key);
	row = rows_add(&rows);
	index_drop(&index, 0);
	strcpy(row->name, "a");
	assert_int_equal(index_add(&index, 0), 0);
	strcpy(((struct row *)rows_add(&rows))->name, "b");
	index_drop(&index, 1);
	assert_int_equal(index.used, 1);
	assert_int_equal(index_find(&index, "a", 1), 0);
	index_release(&index);
	rows_release(&rows);
}

static void
keeps_rows_where_they_are(void **state)
{
	struct rows rows;
	struct row *first;

	(void)state;
	rows_init(&rows, sizeof(struct row));
	first = rows_add(&rows);
	for (unsigned i = 0; i < 5000; i++)
		assert_non_null(rows_add(&rows));
	assert_ptr_equal(rows_at(&rows, 0), first);
	rows_release(&rows);
}

static void
gives_null_for_a_row_that_is_not_there(void **state)
{
	struct rows rows;

	(void)state;
	rows_init(&rows, sizeof(struct row));
	assert_null(rows_at(&rows, 0));
	assert_non_null(rows_add(&rows));
	assert_non_null(rows_at(&rows, 0));
	assert_null(rows_at(&rows, 1));
	assert_null(rows_at(&rows, INDEX_NONE));
	rows_release(&rows);
	rows_release(&rows);
}

static void
keeps_texts_of_all_sizes_apart(void **state)
{
	static char big[200000];
	struct arena arena;
	const char *kept[200];

	(void)state;
	arena_init(&arena);
	memset(big, 'x', sizeof(big));
	for (size_t i = 0; i < 200; i++) {
		big[i * 900] = (char)('a' + i % 26);
		kept[i] = arena_text(&arena, big, i * 900 + 1);
		assert_non_null(kept[i]);
		assert_int_equal(
		    (uintptr_t)arena_alloc(&arena, 3) % sizeof(void *), 0);
	}
	for (size_t i = 0; i < 200; i++) {
		assert_int_equal(strlen(kept[i]), i * 900 + 1);
		assert_int_equal(kept[i][i * 900], 'a' + (int)(i % 26));
	}
	assert_null(arena_alloc(&arena, SIZE_MAX - 8));
	arena_release(&arena);
	arena_release(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_every_row_by_its_key_and_no_other),
		cmocka_unit_test(chosen_keys_do_not_fall_into_one_place),
		cmocka_unit_test(
		    forgets_rows_that_are_cut_off_and_finds_all_others),
		cmocka_unit_test(drops_nothing_for_a_row_that_is_in_no_index),
		cmocka_unit_test(keeps_rows_where_they_are),
		cmocka_unit_test(gives_null_for_a_row_that_is_not_there),
		cmocka_unit_test(keeps_texts_of_all_sizes_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define N 200

static struct merkle tree[N + 1]; /* by size */

static size_t
line_of(uint64_t index, char ret[static 32])
{
	return (size_t)snprintf(ret, 32, "line %ju", (uintmax_t)index);
}

static int
set_up(void **state)
{
	merkle_hash leaf;
	char line[32];

	(void)state;
	for (size_t i = 0; i < N; i++) {
		tree[i + 1] = tree[i];
		if (merkle_leaf(line, line_of(i, line), leaf) == -1 ||
		    merkle_append(&tree[i + 1], leaf, NULL) == -1)
			return -1;
	}
	return 0;
}

static void
add(struct window *w, uint64_t until)
{
	char line[32];

	while (window_size(w) < until) {
		uint64_t i = window_size(w);
		struct record_place place = { "log", (unsigned)i + 1 };

		assert_int_equal(
		    window_add(w, line, line_of(i, line), place), 0);
	}
}

static enum window_answer
ask(struct window *w, uint64_t size)
{
	merkle_hash root, want;
	struct merkle got;
	enum window_answer answer = window_tree(w, size, UINT64_MAX, &got);

	if (answer != WINDOW_OK)
		return answer;
	assert_int_equal(got.size, size);
	assert_int_equal(merkle_root(&got, root), 0);
	assert_int_equal(merkle_root(&tree[size], want), 0);
	assert_memory_equal(root, want, sizeof(root));
	return WINDOW_OK;
}

static void
knows_the_tree_at_every_size(void **state)
{
	struct window w;

	(void)state;
	for (uint64_t step = 1; step < 20; step++) {
		window_init(&w, 0);
		assert_int_equal(ask(&w, 0), WINDOW_OK);
		for (uint64_t n = step; n <= N; n += step) {
			add(&w, n);
			assert_int_equal(ask(&w, n - step / 2), WINDOW_OK);
			assert_int_equal(ask(&w, n), WINDOW_OK);
			assert_int_equal(window_known(&w), n);
		}
		window_release(&w);
	}
}

static void
goes_back_a_little(void **state)
{
	struct window w;

	(void)state;
	window_init(&w, 0);
	add(&w, N);
	for (uint64_t n = 10; n <= N; n += 10)
		assert_int_equal(ask(&w, n), WINDOW_OK);
	for (uint64_t n = N - 70; n <= N; n++)
		assert_int_equal(ask(&w, n), WINDOW_OK);
	assert_int_equal(ask(&w, N - 71), WINDOW_GONE);
	assert_int_equal(ask(&w, 0), WINDOW_GONE);
	window_release(&w);
}

static void
goes_back_no_further_than_it_may(void **state)
{
	struct merkle got;
	struct window w;

	(void)state;
	window_init(&w, 0);
	add(&w, N);
	assert_int_equal(ask(&w, 100), WINDOW_OK);
	assert_int_equal(ask(&w, N), WINDOW_OK);
	assert_int_equal(window_tree(&w, 150, 50, &got), WINDOW_OK);
	assert_int_equal(window_tree(&w, 150, 49, &got), WINDOW_GONE);
	assert_int_equal(window_tree(&w, 100, 0, &got), WINDOW_OK);
	assert_int_equal(window_tree(&w, 99, 98, &got), WINDOW_GONE);
	window_release(&w);
}

static void
says_where_a_record_stood(void **state)
{
	struct window w;

	(void)state;
	window_init(&w, 50);
	add(&w, 60);
	assert_null(window_place(&w, 49));
	assert_int_equal(window_place(&w, 50)->line, 51);
	assert_int_equal(window_place(&w, 59)->line, 60);
	assert_null(window_place(&w, 60));
	window_release(&w);
}

/* From every place, with every checkpoint that can be had there. */
static void
learns_the_tree_in_the_middle(void **state)
{
	struct window w;

	(void)state;
	for (uint64_t begin = 1; begin < 140; begin += 7) {
		for (uint64_t size = begin; size < 150; size++) {
			uint64_t from;

			window_init(&w, begin);
			add(&w, 150);
			assert_int_equal(ask(&w, size), WINDOW_UNKNOWN);
			assert_int_equal(
			    window_adopt(&w, &tree[begin - 1]), WINDOW_GONE);
			assert_int_equal(
			    window_adopt(&w, &tree[151]), WINDOW_GONE);
			assert_int_equal(
			    window_adopt(&w, &tree[size]), WINDOW_OK);
			from = window_known(&w);
			assert_true(from >= begin && from <= size);
			for (uint64_t n = from; n <= 150; n++)
				assert_int_equal(ask(&w, n), WINDOW_OK);
			window_release(&w);
		}
	}
}

/* More leaves than are kept, and no checkpoint for any of them. */
static void
its_memory_has_an_end(void **state)
{
	uint64_t n = WINDOW_LEAVES + WINDOW_LEAVES / 2;
	struct merkle want = { 0 }, got;
	merkle_hash leaf, root, want_root;
	struct window w, middle;
	char line[32];

	(void)state;
	window_init(&w, 0);
	window_init(&middle, 1);
	add(&w, n);
	add(&middle, n);
	assert_true(w.room <= WINDOW_LEAVES);
	assert_true(middle.room <= WINDOW_LEAVES);
	for (uint64_t i = 0; i < n; i++) {
		merkle_leaf(line, line_of(i, line), leaf);
		merkle_append(&want, leaf, NULL);
	}
	assert_int_equal(merkle_root(&want, want_root), 0);
	assert_int_equal(window_tree(&w, n, 0, &got), WINDOW_OK);
	assert_int_equal(merkle_root(&got, root), 0);
	assert_memory_equal(root, want_root, sizeof(root));
	assert_int_equal(window_tree(&w, 1, n, &got), WINDOW_GONE);
	assert_null(window_place(&w, 1));
	assert_int_equal(window_adopt(&middle, &tree[N]), WINDOW_GONE);
	assert_int_equal(window_adopt(&middle, &want), WINDOW_OK);
	assert_int_equal(window_tree(&middle, n, 0, &got), WINDOW_OK);
	assert_int_equal(merkle_root(&got, root), 0);
	assert_memory_equal(root, want_root, sizeof(root));
	window_release(&w);
	window_release(&middle);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_tree_at_every_size),
		cmocka_unit_test(goes_back_a_little),
		cmocka_unit_test(goes_back_no_further_than_it_may),
		cmocka_unit_test(says_where_a_record_stood),
		cmocka_unit_test(learns_the_tree_in_the_middle),
		cmocka_unit_test(its_memory_has_an_end),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}

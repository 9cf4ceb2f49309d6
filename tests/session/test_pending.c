/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "session/pending.h"

static struct line
make(unsigned n)
{
	struct line line = { .hash = HASH_SHA256, .digest_len = 32 };

	memset(line.digest, (int)n, 32);
	if (n % 2 == 1)
		snprintf(line.name, sizeof(line.name), "name-%u", n);
	return line;
}

static void
add(struct pending *p, unsigned n, const char *what)
{
	struct line line = make(n);

	assert_true(pending_add(p, n, &line, what));
}

static void
gives_back_what_was_added_in_order(void **state)
{
	struct pending_line got;
	struct pending p;

	(void)state;
	pending_init(&p);
	for (unsigned n = 1; n <= 100; n++)
		add(&p, n, NULL);
	assert_int_equal(p.asked, 100);
	for (unsigned n = 1; n <= 100; n++) {
		struct line line = make(n);

		assert_true(pending_take(&p, &got));
		assert_int_equal(got.number, n);
		assert_int_equal(got.hash, HASH_SHA256);
		assert_int_equal(got.digest_len, 32);
		assert_memory_equal(got.digest, line.digest, 32);
		assert_int_equal(got.name_len, strlen(line.name));
		assert_memory_equal(got.name, line.name, got.name_len);
		assert_int_equal(got.what_len, 0);
	}
	assert_int_equal(p.asked, 0);
	assert_false(pending_take(&p, &got));
	pending_release(&p);
}

static void
takes_bad_lines_only_when_they_are_first(void **state)
{
	struct pending_line got;
	struct pending p;

	(void)state;
	pending_init(&p);
	add(&p, 1, NULL);
	add(&p, 2, "not a digest");
	add(&p, 3, "neither");
	add(&p, 4, NULL);
	assert_int_equal(p.asked, 2);
	assert_false(pending_take_bad(&p, &got));
	assert_true(pending_take(&p, &got));
	assert_true(pending_take_bad(&p, &got));
	assert_int_equal(got.number, 2);
	assert_int_equal(got.what_len, strlen("not a digest"));
	assert_memory_equal(got.what, "not a digest", got.what_len);
	assert_true(pending_take_bad(&p, &got));
	assert_int_equal(got.number, 3);
	assert_false(pending_take_bad(&p, &got));
	assert_int_equal(p.asked, 1);
	assert_false(pending_is_empty(&p));
	pending_release(&p);
	assert_true(pending_is_empty(&p));
}

static void
holds_the_largest_request(void **state)
{
	struct line line = make(1);
	struct pending_line got;
	struct pending p;

	(void)state;
	memset(line.name, 'n', LINE_NAME_SIZE - 1);
	line.name[LINE_NAME_SIZE - 1] = '\0';
	line.digest_len = DIGEST_MAX;
	pending_init(&p);
	for (unsigned n = 0; n < WIRE_ATOMIC_MAX; n++)
		assert_true(pending_add(&p, n, &line, NULL));
	assert_true(pending_take(&p, &got));
	assert_int_equal(got.name_len, LINE_NAME_SIZE - 1);
	assert_int_equal(got.digest_len, DIGEST_MAX);
	pending_release(&p);
}

static void
says_no_when_there_is_no_more_room(void **state)
{
	struct line line = make(1);
	struct pending p;
	unsigned n = 0;

	(void)state;
	pending_init(&p);
	while (n < 1000000 && pending_add(&p, n, &line, NULL))
		n++;
	assert_in_range(n, WIRE_ATOMIC_MAX, 999999);
	pending_release(&p);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_back_what_was_added_in_order),
		cmocka_unit_test(takes_bad_lines_only_when_they_are_first),
		cmocka_unit_test(holds_the_largest_request),
		cmocka_unit_test(says_no_when_there_is_no_more_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

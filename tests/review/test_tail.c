/* SPDX-License-Identifier: Apache-2.0 */
#include "review/tail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Of so many lines, called "0", "1", … those that are kept. */
static void
keeps(size_t count, unsigned lines)
{
	struct tail *t = tail_new(count);
	unsigned next = lines > count ? lines - (unsigned)count : 0;
	const char *got;
	char text[16];
	size_t len;

	assert_non_null(t);
	for (unsigned i = 0; i < lines; i++) {
		len = (size_t)snprintf(text, sizeof(text), "%u", i);
		assert_true(tail_add(t, text, len));
	}
	for (; (got = tail_take(t, &len)) != NULL; next++) {
		snprintf(text, sizeof(text), "%u", next);
		assert_int_equal(len, strlen(text));
		assert_string_equal(got, text);
	}
	assert_int_equal(next, lines);
	assert_null(tail_take(t, &len));
	tail_free(t);
}

static void
keeps_the_last_ones_in_order(void **state)
{
	(void)state;
	keeps(1, 0);
	keeps(1, 1);
	keeps(1, 5);
	keeps(10, 9);
	keeps(10, 10);
	keeps(10, 11);
	keeps(63, 1000);
	keeps(64, 1000);
	keeps(65, 1000);
	keeps(200, 1000);
	keeps(TAIL_MAX, 1000);
}

static void
what_was_not_taken_is_freed(void **state)
{
	struct tail *t = tail_new(3);
	size_t len;

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_true(tail_add(t, "line", 4));
	assert_non_null(tail_take(t, &len));
	tail_free(t);
	tail_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_last_ones_in_order),
		cmocka_unit_test(what_was_not_taken_is_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

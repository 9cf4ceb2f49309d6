/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/audit/fault.c */
#include "audit/follow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/*
 * Links in a few letters, separated by blanks: "5bc" is seq 5 with prev b and
 * hash c.  The prev of a true first record is '-'.  A line each.
 */
static struct fault fault;

static void
hash_of(char letter, char ret[RECORD_HASH])
{
	memset(ret, letter == '-' ? '0' : letter, RECORD_HASH - 1);
	ret[RECORD_HASH - 1] = '\0';
}

/* 0 when all of it follows, -1 with the fault. */
static int
follow(const char *links)
{
	struct follower f = { 0 };
	char copy[256], *next = copy, *one;
	unsigned line = 0;

	snprintf(copy, sizeof(copy), "%s", links);
	memset(&fault, 0, sizeof(fault));
	while ((one = strsep(&next, " ")) != NULL) {
		size_t len = strlen(one);
		struct link l = { .place = { "log", ++line } };

		l.seq = strtoul(one, NULL, 10);
		hash_of(one[len - 2], l.prev);
		hash_of(one[len - 1], l.hash);
		if (follow_next(&f, &l, &fault) == FOLLOW_BROKEN)
			return -1;
	}
	return follow_end(&f, &fault);
}

static void
expect(const char *links, enum fault_kind kind, uint64_t first, uint64_t last,
    unsigned line)
{
	if (follow(links) != -1)
		fail_msg("accepted %s", links);
	if (fault.kind != kind || fault.first != first || fault.last != last ||
	    fault.place.line != line)
		fail_msg("%s: %s seq %ju to %ju, line %u: %s", links,
		    fault_word(fault.kind), (uintmax_t)fault.first,
		    (uintmax_t)fault.last, fault.place.line, fault.what);
	assert_true(fault.what[0] != '\0');
	assert_string_equal(fault.place.file, "log");
}

static void
follows_a_chain_from_anywhere(void **state)
{
	(void)state;
	assert_int_equal(follow("1-a"), 0);
	assert_int_equal(follow("1-a 2ab 3bc"), 0);
	assert_int_equal(follow("7xa 8ab 9bc"), 0);
}

static void
the_first_of_all_follows_nothing(void **state)
{
	(void)state;
	expect("1xa 2ab", FAULT_CHANGED, 1, 1, 1);
}

static void
the_witness_says_which_was_changed(void **state)
{
	(void)state;
	/* 2 has another hash than 3 knows; 4 knows 3. */
	expect("1-a 2ax 3bc 4cd", FAULT_CHANGED, 2, 2, 2);
	/* 3 names something else, and is not what 4 knows. */
	expect("1-a 2ab 3xy 4cd", FAULT_CHANGED, 3, 3, 3);
	/* Nobody follows, or nobody who would know. */
	expect("1-a 2ax 3bc", FAULT_CHANGED, 2, 3, 2);
	expect("1-a 2ax 3bc 9cd", FAULT_CHANGED, 2, 3, 2);
}

static void
tells_missing_from_misplaced(void **state)
{
	(void)state;
	expect("1-a 3bc 4cd", FAULT_MISSING, 2, 2, 2);
	expect("1-a 5de", FAULT_MISSING, 2, 4, 2);
	expect("1-a 3bc 2ab 4cd", FAULT_ORDER, 3, 3, 2);
	expect("1-a 2ab 9xy 3bc", FAULT_ORDER, 9, 9, 3);
	expect("1-a 2ab 3bc 2ab 4cd", FAULT_ORDER, 2, 2, 4);
	expect("1-a 2ab 3bc 2ab", FAULT_ORDER, 2, 2, 4);
}

static void
a_changed_number_is_a_changed_record(void **state)
{
	(void)state;
	expect("1-a 2ab 9bx 4cd", FAULT_CHANGED, 3, 3, 3);
	expect("1-a 2ab 4bx 4cd 5de", FAULT_CHANGED, 3, 3, 3);
	expect("1-a 2ab 1bx 4cd", FAULT_CHANGED, 3, 3, 3);
	expect("1-a 2ab 2bx 4cd", FAULT_CHANGED, 3, 3, 3);
}

static void
the_chain_goes_on_from_the_true_twin(void **state)
{
	(void)state;
	expect("1-a 2ax 2ab 3bc", FAULT_ORDER, 2, 2, 2);
	expect("1-a 2ab 2ax 3bc", FAULT_ORDER, 2, 2, 3);
	expect("1-a 2ab 2ab 3bc", FAULT_ORDER, 2, 2, 3);
	expect("1-a 2ab 2ax", FAULT_ORDER, 2, 2, 3);
	expect("1-a 2ab 2ab", FAULT_ORDER, 2, 2, 3);
}

static void
the_very_first_may_be_the_odd_one(void **state)
{
	(void)state;
	expect("9xy 1-a 2ab", FAULT_CHANGED, 9, 9, 1);
	expect("9xy 3bc 4cd", FAULT_CHANGED, 9, 9, 1);
	expect("9xy 3bc", FAULT_ORDER, 3, 3, 2);
}

static void
each_kind_has_its_word(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= FAULT_INTERNAL; i++) {
		assert_non_null(fault_word(i));
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(fault_word(i), fault_word(j));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_a_chain_from_anywhere),
		cmocka_unit_test(the_first_of_all_follows_nothing),
		cmocka_unit_test(the_witness_says_which_was_changed),
		cmocka_unit_test(tells_missing_from_misplaced),
		cmocka_unit_test(a_changed_number_is_a_changed_record),
		cmocka_unit_test(the_chain_goes_on_from_the_true_twin),
		cmocka_unit_test(the_very_first_may_be_the_odd_one),
		cmocka_unit_test(each_kind_has_its_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

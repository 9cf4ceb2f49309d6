/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/audit/examine.c */
#include "audit/auditor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_log.h"

#define N 60

static struct signer real, thief;
static struct log whole, bad; /* a checkpoint every 7 */
static struct auditor a;
static struct fault fault;

static int
set_up(void **state)
{
	(void)state;
	signer_init(&real, LOG_ORIGIN, 1);
	signer_init(&thief, LOG_ORIGIN, 2);
	log_make(&whole, N, 7, &real);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	signer_release(&real);
	signer_release(&thief);
	return 0;
}

static int
begin(void **state)
{
	(void)state;
	bad = whole;
	auditor_init(&a);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	auditor_release(&a);
	return 0;
}

static void
give_key(const struct signer *s)
{
	struct text_error err;

	assert_int_equal(claims_add_key(&a.claims, &s->key, &err), 0);
}

static void
give_note(const char *file, const struct log *log, size_t size,
    const struct signer *s)
{
	char note[CHECKPOINT_NOTE];
	struct text_error err;

	log_note(log, size, s, note);
	assert_int_equal(
	    claims_add(&a.claims, file, note, strlen(note), &err), 0);
}

/* The records of bad from `from' on (counted from 0) before `to'. */
static int
read_part(size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		struct record_place place = { "log", (unsigned)i + 1 };

		if (auditor_record(&a, bad.line[i], strlen(bad.line[i]), place,
			&fault) == -1)
			return -1;
	}
	return auditor_end(&a, &fault);
}

static void
expect(enum fault_kind kind, uint64_t first, uint64_t last)
{
	if (fault.kind != kind || fault.first != first || fault.last != last)
		fail_msg("%s, seq %ju to %ju: %s", fault_word(fault.kind),
		    (uintmax_t)fault.first, (uintmax_t)fault.last, fault.what);
}

static void
counts_what_it_checked(void **state)
{
	(void)state;
	assert_int_equal(read_part(0, N), 0);
	assert_int_equal(a.follower.records, N);
	assert_int_equal(a.checkpoints, 8);
	assert_int_equal(a.covered, 55);
	assert_memory_equal(&a.key, &real.key, sizeof(a.key));
}

static void
begins_anywhere(void **state)
{
	for (size_t from = 1; from < N; from++) {
		end(state);
		begin(state);
		assert_int_equal(read_part(from, N), 0);
		if (from >= 55)
			assert_int_equal(a.checkpoints, from == 55);
		else
			assert_int_equal(a.covered, 55);
	}
}

/*
 * A checkpoint whose nodes were taken says nothing of the records before it,
 * unless some of them were in its tree by themselves.
 */
static void
nodes_alone_cover_nothing(void **state)
{
	(void)state;
	give_key(&real);
	/* In seq 33 for 32: one subtree, of which the first leaf is missing. */
	log_make(&bad, 50, 33, &real);
	log_replace(&bad, 10, "asked", "Asked");
	log_relink(&bad, 11);
	assert_int_equal(read_part(1, 40), -1);
	expect(FAULT_UNCHECKED, 0, 0);
	assert_int_equal(a.checkpoints, 1);
	assert_int_equal(a.covered, 0);
}

/* And the next checkpoint finds by the chain what the first could not. */
static void
the_second_checkpoint_covers_what_is_before_the_first(void **state)
{
	(void)state;
	log_make(&bad, 50, 17, &real); /* in seq 17 for 16, in 34 for 33 */
	assert_int_equal(read_part(1, 50), 0);
	assert_int_equal(a.covered, 33);
	end(state);
	auditor_init(&a);
	log_replace(&bad, 4, "asked", "Asked");
	log_relink(&bad, 5);
	assert_int_equal(read_part(1, 50), -1);
	assert_int_equal(fault.kind, FAULT_CHANGED);
	assert_int_equal(fault.first, 2);
	assert_true(fault.last >= 17);
	assert_int_equal(fault.place.line, 2);
}

static void
narrows_down_by_nodes(void **state)
{
	(void)state;
	log_make(&bad, N, 40, &real); /* for 39 = 32 + 4 + 2 + 1 */
	log_replace(&bad, 38, "asked", "Asked");
	log_relink(&bad, 39);
	assert_int_equal(read_part(0, N), -1);
	expect(FAULT_CHANGED, 39, 39);
	assert_int_equal(fault.place.line, 39);
	end(state);
	auditor_init(&a);
	log_make(&bad, N, 40, &real);
	log_replace(&bad, 33, "asked", "Asked");
	log_relink(&bad, 34);
	assert_int_equal(read_part(0, N), -1);
	expect(FAULT_CHANGED, 33, 36);
}

/* Two signatures may be answered in another order than they were asked for. */
static void
an_older_checkpoint_may_come_later(void **state)
{
	struct log other = whole;

	(void)state;
	/* The checkpoint of seq 14 stands in 16; its place is another's. */
	log_delete(&bad, 13);
	log_insert(&bad, 15, whole.line[13]);
	bad.count = 20;
	log_renumber(&bad, 13);
	assert_int_equal(read_part(0, 20), 0);
	assert_int_equal(a.checkpoints, 2);
	/* And one that contradicts a later one is a fork. */
	end(state);
	auditor_init(&a);
	log_replace(&other, 8, "asked", "Asked");
	log_reseal(&other, 9, &real);
	bad = whole;
	log_insert(&bad, 21, other.line[13]);
	bad.count = 30;
	log_renumber(&bad, 21);
	assert_int_equal(read_part(0, 30), -1);
	expect(FAULT_FORK, 22, 22);
	assert_string_equal(fault.what,
	    "a fork: this checkpoint and the one in seq 21 are both signed and "
	    "cannot both be true");
}

static void
claims_are_checked_from_the_middle_too(void **state)
{
	struct log fork = whole;

	(void)state;
	give_note("a", &whole, 55, &real);
	give_note("b", &whole, 40, &real);
	give_note("c", &whole, 60, &real);
	assert_int_equal(read_part(30, N), 0);
	assert_int_equal(a.covered, 60);
	end(state);
	begin(state);
	give_note("old", &whole, 20, &real);
	assert_int_equal(read_part(30, N), -1);
	expect(FAULT_UNCHECKED, 0, 20);
	assert_string_equal(fault.place.file, "old");
	end(state);
	begin(state);
	log_replace(&fork, 39, "asked", "Asked");
	give_note("fork", &fork, 45, &real);
	assert_int_equal(read_part(30, N), -1);
	expect(FAULT_FORK, 0, 0);
	assert_string_equal(fault.place.file, "fork");
}

static void
a_claim_needs_a_key(void **state)
{
	(void)state;
	log_make(&bad, N, 100, &real); /* without a checkpoint */
	give_note("note", &bad, 20, &real);
	assert_int_equal(read_part(0, N), -1);
	expect(FAULT_UNCHECKED, 0, 0);
	assert_string_equal(
	    fault.what, "no audit key is known to check it with");
	end(state);
	auditor_init(&a);
	give_note("note", &bad, 20, &real);
	give_key(&real);
	assert_int_equal(read_part(0, N), 0);
	assert_int_equal(a.checkpoints, 0);
	assert_int_equal(a.covered, 20);
}

static void
a_key_needs_a_checkpoint(void **state)
{
	(void)state;
	log_make(&bad, N, 100, &real);
	give_key(&real);
	assert_int_equal(read_part(0, N), -1);
	expect(FAULT_UNCHECKED, 0, 0);
	assert_null(fault.place.file);
}

static void
what_is_no_record_stands_for_one(void **state)
{
	struct record_place place = { "log", 3 };

	(void)state;
	bad = whole;
	assert_int_equal(read_part(0, 2), 0);
	assert_int_equal(auditor_no_record(&a, place, "rubbish", &fault), -1);
	expect(FAULT_LINE, 3, 3);
	assert_string_equal(fault.what, "rubbish");
	/* Unless the fault is older. */
	auditor_release(&a);
	auditor_init(&a);
	log_replace(&bad, 0, "asked", "Asked");
	assert_int_equal(
	    auditor_record(&a, bad.line[0], strlen(bad.line[0]), place, &fault),
	    0);
	assert_int_equal(
	    auditor_record(&a, bad.line[1], strlen(bad.line[1]), place, &fault),
	    0);
	assert_int_equal(auditor_no_record(&a, place, "rubbish", &fault), -1);
	expect(FAULT_CHANGED, 1, 2);
}

static void
an_empty_log_has_no_fault_of_its_own(void **state)
{
	(void)state;
	assert_int_equal(auditor_end(&a, &fault), 0);
	give_key(&real);
	give_note("note", &whole, 1, &real);
	assert_int_equal(auditor_end(&a, &fault), -1);
	expect(FAULT_TRUNCATED, 1, 1);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(counts_what_it_checked),
		TEST(begins_anywhere),
		TEST(nodes_alone_cover_nothing),
		TEST(the_second_checkpoint_covers_what_is_before_the_first),
		TEST(narrows_down_by_nodes),
		TEST(an_older_checkpoint_may_come_later),
		TEST(claims_are_checked_from_the_middle_too),
		TEST(a_claim_needs_a_key),
		TEST(a_key_needs_a_checkpoint),
		TEST(what_is_no_record_stands_for_one),
		TEST(an_empty_log_has_no_fault_of_its_own),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

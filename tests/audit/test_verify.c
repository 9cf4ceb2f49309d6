/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/audit/hash.c */
#include "audit/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LINES 6

struct log {
	char line[LINES][RECORD_MAX];
	size_t len[LINES];
};

static void
log_make(struct log *log, uint64_t first)
{
	struct record_origin origin = { "signer1", 812 };
	struct chain chain;
	struct record r;

	chain_init(&chain);
	chain.seq = first - 1;
	for (size_t i = 0; i < LINES; i++) {
		record_begin(&r, i == 0 ? EVENT_START : EVENT_SIGN, &origin,
		    &chain, UINT64_C(1795232243123456) + i);
		record_add(&r, "name", "fw \"1\"].bin");
		assert_int_equal(record_finish(&r, &chain, "signed"), 0);
		log->len[i] = r.len - 1;
		memcpy(log->line[i], r.line, r.len - 1);
	}
}

/* The index of the first bad line, LINES when there is none. */
static size_t
first_bad(const struct log *log, const size_t *order, size_t count,
    struct text_error *ret)
{
	struct verifier v;

	verifier_init(&v, false);
	for (size_t i = 0; i < count; i++) {
		size_t n = order != NULL ? order[i] : i;

		if (verify_line(&v, log->line[n], log->len[n], ret) == -1) {
			assert_int_equal(v.records, i);
			return i;
		}
	}
	assert_int_equal(v.records, count);
	return count;
}

static void
accepts_an_untouched_log(void **state)
{
	struct log log;
	struct text_error err;

	(void)state;
	log_make(&log, 1);
	assert_int_equal(first_bad(&log, NULL, LINES, &err), LINES);
}

static void
accepts_a_log_that_begins_later(void **state)
{
	struct log log;
	struct text_error err;

	(void)state;
	log_make(&log, 70);
	assert_int_equal(first_bad(&log, NULL, LINES, &err), LINES);
}

static void
from_the_start_refuses_a_log_that_begins_later(void **state)
{
	struct log log;
	struct verifier v;
	struct text_error err;

	(void)state;
	log_make(&log, 2);
	verifier_init(&v, true);
	assert_int_equal(verify_line(&v, log.line[0], log.len[0], &err), -1);
	assert_string_equal(err.what, "seq 2: comes after seq 0: 1 missing");
}

static void
refuses_a_first_record_with_a_past(void **state)
{
	struct log log;
	struct text_error err;

	(void)state;
	log_make(&log, 1);
	strstr(log.line[0], "prev=\"")[6] = '1';
	assert_int_equal(first_bad(&log, NULL, LINES, &err), 0);
	assert_string_equal(err.what, "seq 1: prev must be zeros");
}

/* At the latest the line after the changed one gives it away. */
static void
finds_every_changed_byte(void **state)
{
	struct log log;
	struct text_error err;

	(void)state;
	log_make(&log, 1);
	for (size_t n = 0; n + 1 < LINES; n++) {
		for (size_t i = 0; i < log.len[n]; i++) {
			log.line[n][i] ^= 1;
			assert_true(
			    first_bad(&log, NULL, LINES, &err) <= n + 1);
			log.line[n][i] ^= 1;
		}
	}
}

static void
finds_every_missing_record(void **state)
{
	struct log log;
	struct text_error err;
	size_t order[LINES];

	(void)state;
	log_make(&log, 1);
	for (size_t gone = 1; gone + 1 < LINES; gone++) {
		for (size_t i = 0; i + 1 < LINES; i++)
			order[i] = i < gone ? i : i + 1;
		assert_int_equal(first_bad(&log, order, LINES - 1, &err), gone);
		assert_non_null(strstr(err.what, ": 1 missing"));
	}
}

static void
finds_every_repeated_record(void **state)
{
	struct log log;
	struct text_error err;
	size_t order[LINES + 1];

	(void)state;
	log_make(&log, 1);
	for (size_t twice = 0; twice < LINES; twice++) {
		for (size_t i = 0; i < LINES + 1; i++)
			order[i] = i <= twice ? i : i - 1;
		assert_int_equal(
		    first_bad(&log, order, LINES + 1, &err), twice + 1);
		assert_non_null(strstr(err.what, "repeated"));
	}
}

static void
finds_every_swap_of_neighbours(void **state)
{
	struct log log;
	struct text_error err;

	(void)state;
	log_make(&log, 1);
	for (size_t n = 0; n + 1 < LINES; n++) {
		size_t order[LINES];

		for (size_t i = 0; i < LINES; i++)
			order[i] = i;
		order[n] = n + 1;
		order[n + 1] = n;
		assert_true(first_bad(&log, order, LINES, &err) <= n + 1);
	}
}

static void
finds_records_of_another_log(void **state)
{
	struct log log, other;
	struct text_error err;

	(void)state;
	log_make(&log, 1);
	log_make(&other, 1);
	other.line[0][other.len[0] - 1] = 'D';
	memcpy(log.line[0], other.line[0], other.len[0]);
	assert_int_equal(first_bad(&log, NULL, LINES, &err), 1);
	assert_string_equal(err.what,
	    "seq 2: prev is not the hash of seq 1: one of the two was "
	    "changed");
}

static void
an_error_leaves_the_verifier_alone(void **state)
{
	struct log log;
	struct verifier v, before;
	struct text_error err;

	(void)state;
	log_make(&log, 1);
	verifier_init(&v, false);
	assert_int_equal(verify_line(&v, log.line[0], log.len[0], &err), 0);
	before = v;
	assert_int_equal(verify_line(&v, log.line[2], log.len[2], &err), -1);
	assert_memory_equal(&v, &before, sizeof(v));
	assert_int_equal(verify_line(&v, log.line[1], log.len[1], &err), 0);
}

static void
the_hash_is_sha256(void **state)
{
	char hash[RECORD_HASH];

	(void)state;
	assert_int_equal(record_hash("abc", 3, hash), 0);
	assert_string_equal(hash,
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_an_untouched_log),
		cmocka_unit_test(accepts_a_log_that_begins_later),
		cmocka_unit_test(
		    from_the_start_refuses_a_log_that_begins_later),
		cmocka_unit_test(refuses_a_first_record_with_a_past),
		cmocka_unit_test(finds_every_changed_byte),
		cmocka_unit_test(finds_every_missing_record),
		cmocka_unit_test(finds_every_repeated_record),
		cmocka_unit_test(finds_every_swap_of_neighbours),
		cmocka_unit_test(finds_records_of_another_log),
		cmocka_unit_test(an_error_leaves_the_verifier_alone),
		cmocka_unit_test(the_hash_is_sha256),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

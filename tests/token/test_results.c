/* SPDX-License-Identifier: Apache-2.0 */
#include "token/results.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct results results;
static int ends[2];

static int
make(void **state)
{
	(void)state;
	if (channel_pair(ends, true) == -1)
		return -1;
	results_init(&results, ends[0]);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	close(ends[0]);
	close(ends[1]);
	return 0;
}

/* How many results the next message brings; 0: there is none. */
static unsigned
received(uint64_t first)
{
	static uint8_t message[CHANNEL_MAX];
	struct job_result result;
	struct batch_head head;
	struct reader r;

	if (channel_recv(ends[1], message, &r) != CHANNEL_OK)
		return 0;
	assert_int_equal(wire_get_type(&r), WIRE_RESULTS);
	assert_true(batch_head_get(&r, &head));
	for (unsigned i = 0; i < head.count; i++) {
		assert_true(job_result_get(&r, &result));
		assert_int_equal(result.job, first + i);
	}
	assert_true(reader_done(&r));
	return head.count;
}

static bool
add(uint64_t job, size_t len, uint64_t now_us)
{
	static const uint8_t signature[WIRE_SIGNATURE];
	struct job_result result = { .job = job,
		.signature = signature,
		.len = len,
		.text = "a text of some length" };

	return results_add(&results, &result, now_us);
}

static void
holds_results_back_for_a_millisecond(void **state)
{
	(void)state;
	assert_true(add(1, 64, 5000));
	assert_true(add(2, 64, 5999));
	assert_int_equal(received(1), 0);
	assert_true(add(3, 64, 6000));
	assert_int_equal(received(1), 3);
	assert_int_equal(results.count, 0);
}

static void
sends_what_it_holds_when_told_to(void **state)
{
	(void)state;
	assert_true(results_flush(&results));
	assert_int_equal(received(1), 0);
	assert_true(add(1, 64, 5000));
	assert_true(results_flush(&results));
	assert_int_equal(received(1), 1);
}

static void
sends_a_full_batch(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < WIRE_BATCH; i++) {
		assert_int_equal(received(0), 0);
		assert_true(add(i, 64, 5000));
	}
	assert_int_equal(received(0), WIRE_BATCH);
}

/* Signatures of the longest keys: a message takes fewer than a batch. */
static void
never_outgrows_a_message(void **state)
{
	uint64_t next = 0;
	unsigned count;

	(void)state;
	for (uint64_t i = 0; i < WIRE_BATCH; i++) {
		assert_true(add(i, WIRE_SIGNATURE, 5000));
		if ((count = received(next)) != 0) {
			assert_true(count > 20);
			next += count;
		}
	}
	assert_true(results_flush(&results));
	assert_int_equal(next + received(next), WIRE_BATCH);
}

static void
notices_that_nobody_listens(void **state)
{
	(void)state;
	close(ends[1]);
	assert_true(add(1, 64, 5000));
	assert_false(results_flush(&results));
	ends[1] = dup(ends[0]);
}

int
main(void)
{
#define RESULTS_TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		RESULTS_TEST(holds_results_back_for_a_millisecond),
		RESULTS_TEST(sends_what_it_holds_when_told_to),
		RESULTS_TEST(sends_a_full_batch),
		RESULTS_TEST(never_outgrows_a_message),
		RESULTS_TEST(notices_that_nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

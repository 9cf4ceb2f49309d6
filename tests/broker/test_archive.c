/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/archive_jobs.c src/broker/packer.c */
#include "broker/archive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "policy/entry.h"
#include "support_samples.h"

#define DEADLINE_US 20000000u
#define ASKERS 16

struct asker {
	struct archive_asker as;
	struct archive_job *job;
	struct buf text;
	bool slow; /* asks for more only when the test does */
	unsigned runs;
	bool over;
	enum archive_status status;
};

static struct samples log_;
static struct loop *loop;
static struct archive *archive;
static struct asker askers[ASKERS];
static unsigned finished, told;

static void
on_answer(void *arg, const struct archive_answer *answer)
{
	struct asker *a = arg;

	assert_false(a->over);
	a->status = answer->status;
	told++;
	if (answer->status == ARCHIVE_LINES) {
		a->runs++;
		buf_add(&a->text, answer->data, answer->len);
		if (!a->slow)
			archive_more(a->job);
		return;
	}
	a->over = true;
	a->job = NULL;
	finished++;
}

static void
start_archive(void)
{
	archive = archive_new(loop, log_.file, NULL, NULL);
	assert_non_null(archive);
}

static int
set_up(void **state)
{
	(void)state;
	samples_make(&log_);
	loop = loop_new();
	finished = told = 0;
	for (size_t i = 0; i < ASKERS; i++) {
		memset(&askers[i], 0, sizeof(askers[i]));
		askers[i].as.owner = &askers[i];
		askers[i].as.fn = on_answer;
		askers[i].as.arg = &askers[i];
		buf_init(&askers[i].text, (size_t)64 << 20);
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	archive_free(archive);
	loop_free(loop);
	samples_drop(&log_);
	for (size_t i = 0; i < ASKERS; i++)
		buf_release(&askers[i].text);
	return 0;
}

static void
stop(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

/* Rounds of the loop until it is so. */
static void
run_until(bool (*is_so)(void))
{
	struct loop_timer *timer = loop_timer_new(loop, stop, NULL);
	uint64_t until = clock_mono_us() + DEADLINE_US;

	while (!is_so()) {
		if (clock_mono_us() > until)
			fail_msg("it does not happen");
		loop_timer_set(timer, clock_mono_us() + 1000);
		assert_int_equal(loop_run(loop), 0);
	}
	loop_timer_free(timer);
}

static unsigned wanted;

static bool
all_finished(void)
{
	return finished == wanted;
}

static bool
all_told(void)
{
	return told >= wanted;
}

static void
run_until_finished(unsigned count)
{
	wanted = count;
	run_until(all_finished);
}

static bool
begin_read(struct asker *a, uint64_t from, uint64_t last)
{
	a->job = archive_read(archive, &a->as, from, last);
	return a->job != NULL;
}

static bool
begin_find(struct asker *a)
{
	static const char digest[] = "ffeeddccbbaa99887766554433221100"
				     "ffeeddccbbaa99887766554433221100";
	const char *const keys[] = { "release" };

	a->job = archive_find(archive, &a->as, log_.chain.seq, digest, keys, 1);
	return a->job != NULL;
}

static void
assert_whole(const struct asker *a, uint64_t from)
{
	const char *text = samples_text(&log_, from);
	size_t len = (size_t)(buf_at(&log_.all) + buf_len(&log_.all) - text);

	assert_int_equal(buf_len(&a->text), len);
	assert_memory_equal(buf_at(&a->text), text, len);
}

static void
readers_and_searches_side_by_side(void **state)
{
	uint64_t first = samples_add(&log_, 5000);

	(void)state;
	samples_add(&log_, 5000);
	samples_pack(&log_, first);
	start_archive();
	for (unsigned i = 0; i < 4; i++)
		assert_true(begin_read(&askers[i], 1 + i * 2000, 10000));
	for (unsigned i = 4; i < 12; i++)
		assert_true(begin_find(&askers[i]));
	run_until_finished(12);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(askers[i].status, ARCHIVE_END);
		assert_whole(&askers[i], 1 + i * 2000);
	}
	for (unsigned i = 4; i < 12; i++)
		assert_int_equal(askers[i].status, ARCHIVE_END);
}

static bool
another_fits(void)
{
	return begin_find(&askers[14]);
}

static void
more_than_their_number_are_refused(void **state)
{
	(void)state;
	samples_add(&log_, 200);
	start_archive();
	for (unsigned i = 0; i < ARCHIVE_READERS; i++) {
		askers[i].slow = true;
		assert_true(begin_read(&askers[i], 1, 200));
	}
	assert_false(begin_read(&askers[ARCHIVE_READERS], 1, 200));
	/* Somebody who has eight already. */
	for (unsigned i = 4; i < 13; i++)
		askers[i].as.owner = &askers[4];
	for (unsigned i = 4; i < 12; i++)
		assert_true(begin_find(&askers[i]));
	assert_false(begin_find(&askers[12]));
	run_until_finished(8);
	askers[14].as.owner = &askers[4];
	run_until(another_fits);
	archive_cancel(askers[0].job);
	run_until_finished(9);
}

static void
a_slow_reader_holds_up_nobody(void **state)
{
	struct asker *slow = &askers[0];

	(void)state;
	samples_add(&log_, 3000);
	start_archive();
	slow->slow = true;
	assert_true(begin_read(slow, 1, 3000));
	wanted = 1;
	run_until(all_told);
	assert_true(begin_read(&askers[1], 1, 3000));
	assert_true(begin_find(&askers[2]));
	run_until_finished(2);
	assert_whole(&askers[1], 1);
	assert_int_equal(slow->runs, 1);
	slow->slow = false;
	archive_more(slow->job);
	run_until_finished(3);
	assert_whole(slow, 1);
}

static void
who_cancels_hears_no_more(void **state)
{
	(void)state;
	samples_add(&log_, 3000);
	start_archive();
	/* Before, while and after it has its turn, and when it has told. */
	for (unsigned i = 0; i < 200; i++) {
		struct asker *a = &askers[i % 8];

		a->slow = true;
		/* The places of those before are free a little later. */
		if (!begin_read(a, 1, 3000))
			continue;
		wanted = told + i % 2;
		run_until(all_told);
		archive_cancel(a->job);
		a->runs = 0;
	}
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(askers[i].runs, 0);
	assert_int_equal(finished, 0);
	archive_cancel(NULL);
}

static void
the_end_finds_jobs_in_every_state(void **state)
{
	(void)state;
	samples_add(&log_, 3000);
	start_archive();
	for (unsigned i = 0; i < 3; i++) {
		askers[i].slow = i != 0;
		assert_true(begin_read(&askers[i], 1, 3000));
	}
	wanted = 2;
	run_until(all_told);
	assert_true(begin_find(&askers[3]));
	archive_cancel(askers[1].job);
	archive_rotated(archive, 5000);
	archive_compress_after(archive, 0);
}

static uint64_t packed_first;

static bool
is_packed(void)
{
	return samples_has(&log_, packed_first, true) &&
	    !samples_has(&log_, packed_first, false);
}

static void
closed_pieces_are_packed_while_others_read(void **state)
{
	uint64_t first[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		first[i] = samples_add(&log_, 2000);
	start_archive();
	archive_rotated(archive, first[1]);
	archive_compress_after(archive, 0);
	assert_true(begin_read(&askers[0], 1, 6000));
	packed_first = first[0];
	run_until(is_packed);
	assert_true(samples_has(&log_, first[1], false));
	archive_rotated(archive, first[2]);
	archive_rotated(archive, first[2]);
	packed_first = first[1];
	run_until(is_packed);
	run_until_finished(1);
	assert_whole(&askers[0], 1);
	assert_true(samples_has(&log_, first[2], false));
}

static void
a_piece_is_packed_when_its_time_comes(void **state)
{
	uint64_t second;

	(void)state;
	packed_first = samples_add(&log_, 10);
	second = samples_add(&log_, 10);
	start_archive();
	archive_rotated(archive, second);
	archive_compress_after(archive, COMPRESS_NEVER);
	archive_compress_after(archive, 1000);
	assert_true(begin_read(&askers[0], 1, 20));
	run_until_finished(1);
	assert_false(is_packed());
	archive_compress_after(archive, 1);
	run_until(is_packed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(readers_and_searches_side_by_side),
		TEST(more_than_their_number_are_refused),
		TEST(a_slow_reader_holds_up_nobody),
		TEST(who_cancels_hears_no_more),
		TEST(the_end_finds_jobs_in_every_state),
		TEST(closed_pieces_are_packed_while_others_read),
		TEST(a_piece_is_packed_when_its_time_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

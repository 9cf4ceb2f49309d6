/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/archive_read.c src/broker/archive_piece.c */
#include "broker/archive_task.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_samples.h"

static struct samples log_;
static struct archive_answer answer;
static struct buf got;

static int
set_up(void **state)
{
	(void)state;
	samples_make(&log_);
	buf_init(&got, (size_t)64 << 20);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	samples_drop(&log_);
	buf_release(&got);
	return 0;
}

/* Until there is an answer. */
static void
next_answer(struct task *task)
{
	unsigned turns = 0;

	memset(&answer, 0, sizeof(answer));
	while (task->run(task, &answer) == TURN_AGAIN)
		assert_true(++turns < 10000);
}

/* Gathers the lines up to the last answer. */
static void
finish(struct task *task)
{
	for (;;) {
		next_answer(task);
		if (answer.status != ARCHIVE_LINES)
			break;
		assert_in_range(answer.len, 1, ARCHIVE_CHUNK);
		assert_int_equal(answer.data[answer.len - 1], '\n');
		buf_add(&got, answer.data, answer.len);
	}
	task->free(task);
}

static enum archive_status
read_all(uint64_t from, uint64_t last)
{
	buf_consume(&got, buf_len(&got));
	finish(read_new(log_.file, from, last));
	return answer.status;
}

/* From and to: what came is exactly that. */
static void
assert_got(uint64_t from, uint64_t last)
{
	const char *text = samples_text(&log_, from);
	const char *end = samples_text(&log_, last + 1);

	assert_int_equal(buf_len(&got), end - text);
	assert_memory_equal(buf_at(&got), text, buf_len(&got));
}

static void
assert_fails(uint64_t from, uint64_t last, const char *text)
{
	assert_int_equal(read_all(from, last), ARCHIVE_FAILED);
	if (strstr(answer.text, text) == NULL)
		fail_msg("\"%s\" is not \"%s\"", answer.text, text);
}

static void
from_every_record_to_the_last(void **state)
{
	uint64_t packed;

	(void)state;
	packed = samples_add(&log_, 30);
	samples_add(&log_, 20);
	samples_add(&log_, 1);
	samples_add(&log_, 9);
	samples_pack(&log_, packed);
	for (uint64_t from = 1; from <= 60; from++) {
		assert_int_equal(read_all(from, 60), ARCHIVE_END);
		assert_got(from, 60);
	}
	assert_int_equal(read_all(61, 60), ARCHIVE_END);
	assert_int_equal(buf_len(&got), 0);
}

static void
not_further_than_was_asked_for(void **state)
{
	uint64_t first;

	(void)state;
	samples_add(&log_, 5);
	first = samples_add(&log_, 5);
	samples_append(&log_, first, "<86>1 half", 10);
	for (uint64_t last = 1; last <= 10; last++) {
		assert_int_equal(read_all(1, last), ARCHIVE_END);
		assert_got(1, last);
	}
}

static void
large_pieces_are_entered_in_the_middle(void **state)
{
	static const uint64_t from[] = { 1, 2, 777, 3999, 4000, 4001, 5000,
		7998, 7999, 8000 };
	uint64_t first = samples_add(&log_, 4000);

	(void)state;
	samples_add(&log_, 4000);
	for (int packed = 0; packed < 2; packed++) {
		for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
			assert_int_equal(read_all(from[i], 8000), ARCHIVE_END);
			assert_got(from[i], 8000);
		}
		if (packed == 0)
			samples_pack(&log_, first);
	}
}

static void
a_piece_may_be_packed_while_it_is_read(void **state)
{
	uint64_t first[3];
	struct task *task;

	(void)state;
	for (int i = 0; i < 3; i++)
		first[i] = samples_add(&log_, 300);
	task = read_new(log_.file, 1, 900);
	next_answer(task);
	assert_int_equal(answer.status, ARCHIVE_LINES);
	buf_add(&got, answer.data, answer.len);
	for (int i = 0; i < 3; i++)
		samples_pack(&log_, first[i]);
	finish(task);
	assert_int_equal(answer.status, ARCHIVE_END);
	assert_got(1, 900);
}

static void
what_went_before_the_oldest_piece_is_gone(void **state)
{
	uint64_t first = samples_add(&log_, 10);

	(void)state;
	samples_add(&log_, 10);
	unlink(samples_path(&log_, first, false));
	assert_int_equal(read_all(10, 20), ARCHIVE_GONE);
	assert_int_equal(answer.seq, 11);
	assert_int_equal(buf_len(&got), 0);
	assert_int_equal(read_all(11, 20), ARCHIVE_END);
	assert_got(11, 20);
}

static void
a_hole_in_the_log_is_told(void **state)
{
	uint64_t hole;

	(void)state;
	samples_add(&log_, 10);
	hole = samples_add(&log_, 10);
	samples_add(&log_, 10);
	unlink(samples_path(&log_, hole, false));
	for (uint64_t from = 1; from <= 20; from++)
		assert_fails(from, 30, "is missing");
	assert_fails(1, 30, "the record 11 is missing");
	assert_got(1, 10);
	assert_int_equal(read_all(21, 30), ARCHIVE_END);
}

static void
a_log_that_ends_too_early_is_told(void **state)
{
	uint64_t first;
	int fd;

	(void)state;
	assert_fails(1, 1, "the record 1 is missing");
	first = samples_add(&log_, 10);
	assert_fails(1, 11, "the record 11 is missing");
	assert_fails(11, 11, "the record 11 is missing");
	fd = open(samples_path(&log_, first + 10, false),
	    O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
	close(fd);
	assert_fails(1, 11, "the record 11 is missing");
	assert_fails(11, 12, "the record 11 is missing");
}

static void
a_torn_piece_is_told(void **state)
{
	uint64_t first = samples_add(&log_, 10);

	(void)state;
	samples_append(&log_, first, "<86>1 half", 10);
	samples_add(&log_, 10);
	assert_fails(1, 20, "audit.log.000000000001: its last record is torn");
	assert_got(1, 10);
}

static void
a_record_in_the_wrong_place_is_told(void **state)
{
	static const struct sample sample = { .outcome = "ok" };
	uint64_t first = samples_add(&log_, 10);

	(void)state;
	samples_append(&log_, first, "no record\n", 10);
	samples_record(&log_, first, &sample);
	assert_fails(1, 11, "audit.log.000000000001: the record 11 is not");
	assert_got(1, 10);
	assert_fails(11, 11, "the record 11 is not");
	/* A repeated one. */
	unlink(samples_path(&log_, first, false));
	samples_append(&log_, first, log_.record.line, log_.record.len);
	assert_fails(1, 2, "the record 1 is not");
}

static void
a_line_that_is_no_record_is_not_handed_on(void **state)
{
	char *line = malloc(600000);
	uint64_t first = samples_add(&log_, 10);

	(void)state;
	memset(line, 'x', 600000);
	line[5000] = '\n';
	samples_append(&log_, first, line, 600000);
	assert_fails(1, 11, "the record 11 is not there");
	line[5000] = 'x';
	unlink(samples_path(&log_, first, false));
	samples_append(&log_, first, line, 600000);
	assert_fails(1, 11, "longer than any record");
	free(line);
}

static void
a_damaged_packed_piece_is_told(void **state)
{
	uint64_t first = samples_add(&log_, 500);
	int fd;

	(void)state;
	samples_pack(&log_, first);
	fd = open(samples_path(&log_, first, true), O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "\xff\xff\xff\xff", 4, 2000), 4);
	assert_int_equal(read_all(1, 500), ARCHIVE_FAILED);
	assert_non_null(strstr(answer.text, "audit.log.000000000001.gz: "));
	assert_int_equal(ftruncate(fd, 100), 0);
	assert_fails(1, 500, "cut off");
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(read_all(1, 500), ARCHIVE_FAILED);
	close(fd);
}

static void
the_seq_of_a_line(void **state)
{
	static const struct {
		const char *line;
		uint64_t seq;
	} lines[] = {
		{ "<86>1 T H C P E [countersign@32473 seq=\"42\" x=\"\"]", 42 },
		{ "<86>1 [countersign@32473 seq=\"18446744073709551615\" ", 0 },
		{ "<86>1 [countersign@32473 seq=\"99999999999999999999\" ", 0 },
		{ "<86>1 [countersign@32473 seq=\"4", 0 },
		{ "<86>1 [countersign@32473 seq=\"", 0 },
		{ "<86>1 [countersign@32473 seq=\"-4\"", 0 },
		{ "<86>1 [countersign seq=\"4\"", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(line_seq(lines[i].line, strlen(lines[i].line)),
		    lines[i].seq);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(from_every_record_to_the_last),
		TEST(not_further_than_was_asked_for),
		TEST(large_pieces_are_entered_in_the_middle),
		TEST(a_piece_may_be_packed_while_it_is_read),
		TEST(what_went_before_the_oldest_piece_is_gone),
		TEST(a_hole_in_the_log_is_told),
		TEST(a_log_that_ends_too_early_is_told),
		TEST(a_torn_piece_is_told),
		TEST(a_record_in_the_wrong_place_is_told),
		TEST(a_line_that_is_no_record_is_not_handed_on),
		TEST(a_damaged_packed_piece_is_told),
		TEST(the_seq_of_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/archive_task.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support_samples.h"

#define DIGEST                             \
	"d1d2d3d4d5d6d7d8d9dadbdcdddedfe0" \
	"d1d2d3d4d5d6d7d8d9dadbdcdddedfe0"

static const char *const keys[] = { "first", "release" };
static struct samples log_;
static struct archive_answer answer;
static char line[RECORD_MAX];

static int
set_up(void **state)
{
	(void)state;
	samples_make(&log_);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	samples_drop(&log_);
	return 0;
}

static enum archive_status
find(uint64_t last)
{
	struct task *task = find_new(log_.file, last, DIGEST, keys, 2);
	unsigned turns = 0;

	memset(&answer, 0, sizeof(answer));
	while (task->run(task, &answer) == TURN_AGAIN)
		assert_true(++turns < 10000);
	if (answer.status == ARCHIVE_FOUND) {
		assert_in_range(answer.len, 1, sizeof(line));
		memcpy(line, answer.data, answer.len);
		answer.data = line;
	}
	task->free(task);
	return answer.status;
}

/* That very record, as it was written. */
static void
assert_found(uint64_t last, uint64_t seq)
{
	assert_int_equal(find(last), ARCHIVE_FOUND);
	assert_int_equal(answer.seq, seq);
	assert_memory_equal(answer.data, samples_text(&log_, seq), answer.len);
	assert_int_equal(samples_text(&log_, seq)[answer.len], '\n');
}

static const struct sample good = {
	.key = "release",
	.digest = DIGEST,
	.outcome = "ok",
	.name = "app.tar.gz",
};

static void
the_newest_record_of_the_digest(void **state)
{
	uint64_t first, old, new, newest;

	(void)state;
	first = samples_add(&log_, 900);
	old = samples_record(&log_, first, &good);
	new = samples_record(&log_, first, &good);
	samples_add(&log_, 900);
	first = samples_add(&log_, 900);
	assert_found(log_.chain.seq, new);
	assert_found(new, new);
	assert_found(new - 1, old);
	assert_int_equal(find(old - 1), ARCHIVE_END);
	newest = samples_record(&log_, first, &good);
	assert_found(newest, newest);
	assert_found(newest - 1, new);
}

static void
in_packed_pieces_too(void **state)
{
	uint64_t first, second, old, new;

	(void)state;
	first = samples_add(&log_, 700);
	old = samples_record(&log_, first, &good);
	second = samples_add(&log_, 3000);
	samples_record(&log_, second, &good);
	new = samples_record(&log_, second, &good);
	samples_add(&log_, 10);
	samples_pack(&log_, first);
	assert_found(log_.chain.seq, new);
	assert_found(second, old);
	samples_pack(&log_, second);
	assert_found(log_.chain.seq, new);
	assert_found(new - 1, new - 1);
	assert_found(second, old);
}

/* A line across the border of two windows is found as any other. */
static void
at_every_place_of_a_piece(void **state)
{
	uint64_t first = samples_add(&log_, 280), seq;

	(void)state;
	for (unsigned i = 0; i < 70; i++) {
		seq = samples_record(&log_, first, &good);
		for (unsigned more = i % 4; more > 0; more--) {
			struct sample other = { .name = "between" };

			samples_record(&log_, first, &other);
		}
	}
	for (; seq > first + 279; seq--) {
		const char *at = samples_text(&log_, seq);
		const char *end = memchr(at, '\n', RECORD_MAX);

		if (memmem(at, (size_t)(end - at), DIGEST, 64) != NULL)
			assert_found(seq, seq);
	}
}

static void
no_other_record_will_do(void **state)
{
	static const struct sample others[] = {
		{ .key = "secret", .digest = DIGEST, .outcome = "ok" },
		{ .key = "release", .digest = DIGEST, .outcome = "failed" },
		{ .event = "DENY",
		    .key = "release",
		    .digest = DIGEST,
		    .outcome = "ok" },
		{ .key = "release", .digest = DIGEST },
		{ .digest = DIGEST, .outcome = "ok" },
		{ .key = "release", .digest = "00" DIGEST, .outcome = "ok" },
		{ .key = "release", .outcome = "ok", .name = DIGEST },
		{ .key = "release",
		    .outcome = "ok",
		    .name = "x\" digest=\"" DIGEST "\"" },
		{ .key = "release",
		    .outcome = "ok",
		    .name = "] [x digest=\"" DIGEST },
	};
	uint64_t first = samples_add(&log_, 3);

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		samples_record(&log_, first, &others[i]);
	assert_int_equal(find(log_.chain.seq), ARCHIVE_END);
	samples_pack(&log_, first);
	assert_int_equal(find(log_.chain.seq), ARCHIVE_END);
}

static void
what_is_not_on_disk_is_not_found(void **state)
{
	uint64_t first = samples_add(&log_, 3), seq;

	(void)state;
	seq = samples_record(&log_, first, &good);
	/* A batch that is being written. */
	samples_record(&log_, first, &good);
	samples_append(&log_, first, "<86>1 2026 digest=\"" DIGEST "\"", 84);
	assert_found(seq, seq);
}

static void
nothing_in_an_empty_log(void **state)
{
	(void)state;
	assert_int_equal(find(0), ARCHIVE_END);
	samples_append(&log_, 1, "", 0);
	assert_int_equal(find(1), ARCHIVE_END);
	log_.file[5] = '/';
	assert_int_equal(find(1), ARCHIVE_FAILED);
}

static void
a_damaged_piece_is_told(void **state)
{
	uint64_t first = samples_add(&log_, 500), seq;
	int fd;

	(void)state;
	samples_pack(&log_, first);
	first = samples_add(&log_, 3);
	seq = samples_record(&log_, first, &good);
	fd = open(samples_path(&log_, 1, true), O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, 3000), 0);
	close(fd);
	/* What is newer than the damage is found. */
	assert_found(seq, seq);
	assert_int_equal(find(seq - 1), ARCHIVE_FAILED);
	assert_string_equal(answer.text,
	    "audit.log.000000000001.gz: its compressed data is cut off");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_newest_record_of_the_digest),
		TEST(in_packed_pieces_too),
		TEST(at_every_place_of_a_piece),
		TEST(no_other_record_will_do),
		TEST(what_is_not_on_disk_is_not_found),
		TEST(nothing_in_an_empty_log),
		TEST(a_damaged_piece_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

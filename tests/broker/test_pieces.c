/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/pieces.c src/broker/pieces_open.c */
/* covers: src/broker/pieces_end.c src/broker/owned.c */
/* covers: src/broker/pieces_content.c */
#include "broker/pieces.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "broker/journal_watch.h"
#include "support_journal.h"

static struct home home;
static struct journal_look seen;
static unsigned looks;

static int
set_up(void **state)
{
	(void)state;
	home_make(&home);
	looks = 0;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	home_drop(&home);
	return 0;
}

/* Opens, writes, and all that was there is there. */
static void
goes_on(uint64_t records)
{
	home_open(&home);
	home_add(&home, 1);
	assert_int_equal(home.failed, 0);
	home_close(&home);
	assert_int_equal(home_records(&home), records + 1);
	home_check_tree(&home);
}

/* Two pieces, of three and two records. */
static void
make_two(char first[128], char second[128])
{
	home_open(&home);
	home_add(&home, 3);
	home_rotate(&home);
	assert_int_equal(journal_piece(home.journal), 4);
	home_add(&home, 2);
	home_close(&home);
	home_piece(&home, 1, first);
	home_piece(&home, 4, second);
	assert_int_equal(home_records(&home), 5);
}

static void
chain_and_tree_go_on_over_pieces(void **state)
{
	struct stat st;
	char path[128];

	(void)state;
	home_open(&home);
	for (unsigned i = 0; i < 10; i++) {
		home_add(&home, i + 1);
		home_rotate(&home);
	}
	assert_int_equal(journal_piece(home.journal), 56);
	home_piece(&home, 56, path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(st.st_nlink, 2);
	home_close(&home);
	home_piece(&home, 46, path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_nlink, 1);
	goes_on(55);
}

static void
a_piece_without_records_is_not_closed(void **state)
{
	(void)state;
	home_open(&home);
	journal_rotate(home.journal);
	for (unsigned i = 0; i < 10; i++)
		home_round(&home);
	assert_int_equal(home.closed, 0);
	assert_false(journal_wants_rotation(home.journal));
}

static void
what_was_taken_in_ends_the_piece(void **state)
{
	struct record *r;
	size_t len;
	char *bytes;

	(void)state;
	home_open(&home);
	/* Nothing of it is on disk yet. */
	r = journal_begin(home.journal, EVENT_DENY);
	record_add(r, "place", "last");
	assert_int_equal(journal_end(home.journal, "", NULL), 0);
	journal_rotate(home.journal);
	r = journal_begin(home.journal, EVENT_DENY);
	record_add(r, "place", "first");
	assert_int_equal(journal_end(home.journal, "", NULL), 0);
	home_add(&home, 1);
	home_close(&home);
	bytes = home_load(home.file, &len);
	assert_null(strstr(bytes, "last"));
	assert_non_null(strstr(bytes, "first"));
	free(bytes);
	assert_int_equal(home_records(&home), 3);
}

static void
rotates_by_size_and_by_age(void **state)
{
	(void)state;
	home.conf.rotate_size = 1000;
	home_open(&home);
	assert_false(journal_wants_rotation(home.journal));
	home_add(&home, 1);
	assert_false(journal_wants_rotation(home.journal));
	home_add(&home, 10);
	assert_true(journal_wants_rotation(home.journal));
	home_rotate(&home);
	assert_false(journal_wants_rotation(home.journal));
	home_add(&home, 1);
	journal_limits(home.journal, 0, 1);
	assert_false(journal_wants_rotation(home.journal));
	home_close(&home);
	/* The age is that of the first record, whoever wrote it. */
	home.conf.rotate_size = 0;
	home.conf.rotate_age = 1;
	usleep(1100000);
	home_open(&home);
	assert_true(journal_wants_rotation(home.journal));
	home_rotate(&home);
	assert_false(journal_wants_rotation(home.journal));
	home_close(&home);
	goes_on(12);
}

/* Each step of a rotation may be the last one. */
static void
opens_whatever_step_was_the_last(void **state)
{
	char first[128], second[128], third[128], temporary[128];

	(void)state;
	make_two(first, second);
	home_piece(&home, 6, third);
	snprintf(temporary, sizeof(temporary), "%s.new", home.file);
	/* Made, but without its name. */
	home_save(temporary, "", 0);
	goes_on(5);
	/* Linked to its name. */
	home_piece(&home, 7, third);
	home_save(temporary, "", 0);
	assert_int_equal(link(temporary, third), 0);
	goes_on(6);
	assert_int_equal(access(temporary, F_OK), -1);
	assert_int_equal(access(third, F_OK), 0);
	/* And renamed; then nothing was written. */
	home_open(&home);
	home_rotate(&home);
	home_close(&home);
	goes_on(7);
	/* A name whose folder's entry was lost. */
	unlink(home.file);
	goes_on(8);
	home_piece(&home, 8, third);
	assert_int_equal(access(third, F_OK), 0);
	unlink(third);
	goes_on(9);
	assert_int_equal(access(third, F_OK), 0);
}

/* FILE is still the piece before. */
static void
the_file_moves_on_to_an_empty_piece(void **state)
{
	char first[128], second[128], third[128];

	(void)state;
	make_two(first, second);
	home_piece(&home, 6, third);
	home_save(third, "", 0);
	goes_on(5);
	assert_int_equal(home.opened.lost, 0);
	unlink(home.file);
	assert_int_equal(link(first, home.file), 0);
	goes_on(6);
}

static void
an_empty_piece_with_another_name_is_dropped(void **state)
{
	char first[128], second[128], third[128];

	(void)state;
	make_two(first, second);
	home_piece(&home, 9, third);
	home_save(third, "", 0);
	goes_on(5);
	assert_int_equal(access(third, F_OK), -1);
}

static void
the_piece_before_an_empty_one_may_be_torn(void **state)
{
	char first[128], second[128], third[128], *bytes;
	size_t len;

	(void)state;
	make_two(first, second);
	home_piece(&home, 6, third);
	bytes = home_load(second, &len);
	home_save(third, "", 0);
	assert_int_equal(truncate(second, (off_t)len - 5), 0);
	free(bytes);
	home_open(&home);
	assert_int_equal(home.opened.lost, 1);
	assert_true(home.opened.repaired > 0);
	home_close(&home);
	goes_on(4);
	assert_int_equal(access(third, F_OK), -1);
}

static void
lost_pieces_are_told(void **state)
{
	char first[128], second[128];

	(void)state;
	make_two(first, second);
	unlink(second);
	unlink(home.file);
	home_open(&home);
	assert_int_equal(home.opened.lost, 2);
	home_close(&home);
	goes_on(3);
	unlink(first);
	unlink(home.file);
	home_open(&home);
	assert_int_equal(home.opened.lost, 4);
	home_close(&home);
	goes_on(0);
}

static void
pack(const char *path)
{
	char packed[140], *bytes;
	size_t len;
	gzFile gz;

	bytes = home_load(path, &len);
	snprintf(packed, sizeof(packed), "%s.gz", path);
	gz = gzopen(packed, "wb");
	assert_int_equal(gzwrite(gz, bytes, (unsigned)len), len);
	gzclose(gz);
	chmod(packed, 0640);
	free(bytes);
	unlink(path);
}

static void
goes_on_after_a_compressed_piece(void **state)
{
	char first[128], second[128], third[128];

	(void)state;
	make_two(first, second);
	home_piece(&home, 6, third);
	pack(first);
	pack(second);
	home_open(&home);
	home_add(&home, 1);
	home_close(&home);
	assert_int_equal(home.failed, 0);
	assert_int_equal(access(third, F_OK), 0);
	/* The tree is made again from compressed pieces, too. */
	unlink(home.tree);
	home_open(&home);
	assert_true(home.opened.rebuilt);
	assert_int_equal(journal_tree(home.journal)->size, 6);
	home_close(&home);
	/* An empty one behind a compressed one. */
	home_save(third, "", 0);
	home_open(&home);
	assert_int_equal(home.opened.lost, 1);
	home_add(&home, 1);
	assert_int_equal(journal_tree(home.journal)->size, 6);
}

static void
refuses_what_could_be_somebody_elses(void **state)
{
	char first[128], second[128], *bytes;
	struct text_error error;
	struct pieces_found found;
	struct pieces pieces;
	size_t len;

	(void)state;
	make_two(first, second);
	bytes = home_load(second, &len);
	unlink(home.file);
	home_save(home.file, "hello\n", 6);
	assert_int_equal(home_try(&home), -1);
	assert_non_null(strstr(home.error.what, "another file"));
	/* A copy, and the beginning of one, are as good as the link. */
	home_save(home.file, bytes, len);
	goes_on(5);
	unlink(home.file);
	home_save(home.file, bytes, len / 2);
	goes_on(6);
	free(bytes);
	chmod(second, 0660);
	assert_int_equal(home_try(&home), -1);
	assert_non_null(strstr(home.error.what, "by group or others"));
	chmod(second, 0640);
	/* Its name must be that of its first record. */
	home_piece(&home, 9, first);
	assert_int_equal(rename(second, first), 0);
	assert_int_equal(home_try(&home), -1);
	assert_non_null(strstr(home.error.what, "begins with record 4"));
	assert_int_equal(rename(first, second), 0);
	home_open(&home);
	assert_int_equal(pieces_open(&pieces, home.file, &found, &error), -1);
	assert_non_null(strstr(error.what, "another broker"));
}

static void
an_empty_log_of_another_user_is_refused(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	home_save(home.file, "", 0);
	assert_int_equal(chown(home.file, 4711, 4711), 0);
	assert_int_equal(home_try(&home), -1);
	assert_non_null(strstr(home.error.what, "belongs to user 4711"));
}

static void
on_look(void *arg, const struct journal_look *look)
{
	(void)arg;
	seen = *look;
	looks++;
}

/* Until the names were looked at once more. */
static enum journal_names
look(void)
{
	uint64_t until = clock_mono_us() + 5000000;
	unsigned before = looks;

	while (looks == before && clock_mono_us() < until)
		home_round(&home);
	assert_int_not_equal(looks, before);
	return seen.names;
}

static void
names_that_were_taken_away_come_back(void **state)
{
	const struct journal_watch watch = { .look = on_look };
	char piece[128], aside[160];
	struct stat st;

	(void)state;
	home_open(&home);
	journal_watch(home.journal, &watch);
	home_add(&home, 3);
	home_piece(&home, 1, piece);
	assert_int_equal(look(), JOURNAL_NAMES_FINE);
	assert_true(seen.has_free);
	unlink(home.file);
	assert_int_equal(look(), JOURNAL_NAMES_LINKED);
	unlink(piece);
	assert_int_equal(look(), JOURNAL_NAMES_LINKED);
	/* What stands there instead is kept. */
	snprintf(aside, sizeof(aside), "%s.displaced", home.file);
	unlink(home.file);
	home_save(home.file, "other", 5);
	assert_int_equal(look(), JOURNAL_NAMES_LINKED);
	assert_int_equal(stat(aside, &st), 0);
	assert_int_equal(st.st_size, 5);
	home_add(&home, 1);
	/* Without any name the records are written again. */
	unlink(home.file);
	unlink(piece);
	assert_int_equal(look(), JOURNAL_NAMES_RESTORED);
	home_add(&home, 1);
	assert_int_equal(home.failed, 0);
	assert_int_equal(look(), JOURNAL_NAMES_FINE);
	home_close(&home);
	goes_on(5);
}

static void
append_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
what_somebody_wrote_to_it_is_cut_off(void **state)
{
	const struct journal_watch watch = { .look = on_look };

	(void)state;
	home_open(&home);
	journal_watch(home.journal, &watch);
	home_add(&home, 2);
	append_to(home.file, "<86>1 not ours\n");
	home_add(&home, 1);
	assert_int_equal(looks, 1);
	assert_int_equal(seen.names, JOURNAL_NAMES_LONGER);
	assert_int_equal(home_records(&home), 3);
	/* Also when nothing is recorded meanwhile. */
	append_to(home.file, "x");
	while (look() != JOURNAL_NAMES_LONGER)
		;
	home_add(&home, 1);
	assert_int_equal(home.failed, 0);
	assert_int_equal(journal_piece(home.journal), 1);
	home_close(&home);
	goes_on(4);
}

/* How many lines, and how the first begins after its time. */
static unsigned
lines_of(const char *path, const char *with)
{
	unsigned lines = 0;
	size_t len;
	char *text = home_load(path, &len);

	assert_non_null(memmem(text, len, with, strlen(with)));
	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	free(text);
	return lines;
}

static void
a_piece_that_somebody_cut_off_is_closed(void **state)
{
	const struct journal_watch watch = { .look = on_look };
	char first[128], second[128];
	struct stat st;

	(void)state;
	home_open(&home);
	journal_watch(home.journal, &watch);
	home_add(&home, 3);
	assert_int_equal(truncate(home.file, 10), 0);
	home_add(&home, 2);
	assert_int_equal(home.failed, 0);
	assert_int_equal(home.closed, 1);
	assert_int_equal(seen.names, JOURNAL_NAMES_SHORTER);
	assert_int_equal(journal_piece(home.journal), 4);
	home_piece(&home, 1, first);
	home_piece(&home, 4, second);
	assert_int_equal(stat(first, &st), 0);
	assert_int_equal(st.st_size, 10);
	assert_int_equal(lines_of(second, " seq=\"4\""), 2);
	/* Again, while nothing is recorded. */
	assert_int_equal(truncate(home.file, 0), 0);
	while (look() != JOURNAL_NAMES_SHORTER)
		;
	assert_int_equal(journal_piece(home.journal), 6);
	home_add(&home, 1);
	home_close(&home);
	assert_int_equal(lines_of(home.file, " seq=\"6\""), 1);
	/* The next start goes on: the tree has what is gone. */
	home_open(&home);
	assert_int_equal(home.opened.lost, 0);
	assert_false(home.opened.rebuilt);
	home_add(&home, 1);
	assert_int_equal(lines_of(home.file, " seq=\"7\""), 2);
}

static void
a_rotation_that_fails_leaves_the_old_piece(void **state)
{
	char piece[128];

	(void)state;
	home.conf.rotate_size = 1;
	home_open(&home);
	home_add(&home, 1);
	/* Somebody's file has the next name. */
	home_piece(&home, 2, piece);
	home_save(piece, "x", 1);
	assert_true(journal_wants_rotation(home.journal));
	journal_rotate(home.journal);
	home_add(&home, 1);
	home_add(&home, 1);
	assert_int_equal(home.failed, 0);
	assert_int_equal(home.closed, 0);
	assert_int_equal(journal_piece(home.journal), 1);
	/* Not at once again. */
	assert_false(journal_wants_rotation(home.journal));
	unlink(piece);
	home_rotate(&home);
	home_close(&home);
	goes_on(3);
}

static void
the_lock_moves_with_the_pieces(void **state)
{
	char piece[128];
	int fd;

	(void)state;
	home_open(&home);
	home_add(&home, 1);
	home_rotate(&home);
	home_piece(&home, 2, piece);
	fd = open(piece, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
	close(fd);
	home_piece(&home, 1, piece);
	fd = open(piece, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	close(fd);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(chain_and_tree_go_on_over_pieces),
		TEST(a_piece_without_records_is_not_closed),
		TEST(what_was_taken_in_ends_the_piece),
		TEST(rotates_by_size_and_by_age),
		TEST(opens_whatever_step_was_the_last),
		TEST(the_file_moves_on_to_an_empty_piece),
		TEST(an_empty_piece_with_another_name_is_dropped),
		TEST(the_piece_before_an_empty_one_may_be_torn),
		TEST(lost_pieces_are_told),
		TEST(goes_on_after_a_compressed_piece),
		TEST(refuses_what_could_be_somebody_elses),
		TEST(an_empty_log_of_another_user_is_refused),
		TEST(names_that_were_taken_away_come_back),
		TEST(what_somebody_wrote_to_it_is_cut_off),
		TEST(a_piece_that_somebody_cut_off_is_closed),
		TEST(a_rotation_that_fails_leaves_the_old_piece),
		TEST(the_lock_moves_with_the_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

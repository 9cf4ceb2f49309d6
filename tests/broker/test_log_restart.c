/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/log_restart.c src/broker/log_rebuild.c */
/* covers: src/broker/log_tree.c */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/note.h"
#include "broker/log_tree.h"
#include "support_journal.h"

static struct home home;

static int
set_up(void **state)
{
	(void)state;
	home_make(&home);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	home_drop(&home);
	return 0;
}

static void
assert_repairs(size_t repaired, uint64_t rehashed, uint64_t lost, bool rebuilt)
{
	assert_int_equal(home.opened.repaired, repaired);
	assert_int_equal(home.opened.rehashed, rehashed);
	assert_int_equal(home.opened.lost, lost);
	assert_int_equal(home.opened.rebuilt, rebuilt);
}

/* One more record, and everything is as if nothing had happened. */
static void
goes_on(uint64_t records)
{
	home_add(&home, 1);
	assert_int_equal(home.failed, 0);
	assert_int_equal(journal_tree(home.journal)->size, records + 1);
	home_close(&home);
	assert_int_equal(home_records(&home), records + 1);
	home_check_tree(&home);
	home_open(&home);
	assert_repairs(0, 0, 0, false);
	home_close(&home);
}

static void
a_clean_end_needs_no_repair(void **state)
{
	(void)state;
	home_open(&home);
	assert_repairs(0, 0, 0, false);
	home_add(&home, 20);
	home_close(&home);
	home_check_tree(&home);
	home_open(&home);
	assert_repairs(0, 0, 0, false);
	assert_int_equal(journal_tree(home.journal)->size, 20);
	goes_on(20);
}

enum tree_state {
	TREE_LATER, /* it had all hashes already */
	TREE_ZEROS, /* its end is there as zeros */
	TREE_SHORT, /* in the middle of a hash */
	TREE_GONE,
	TREE_STATES,
};

#define FIRST_PIECE 6
#define SECOND_PIECE 5

/* A crash at this byte of the piece that is written. */
static void
crash_at(const char *piece, const char *bytes, size_t cut, const char *tree,
    size_t tree_len, enum tree_state how)
{
	static const char zeros[8192];
	uint64_t whole = FIRST_PIECE;
	size_t end = 0;

	for (size_t i = 0; i < cut; i++)
		if (bytes[i] == '\n') {
			whole++;
			end = i + 1;
		}
	home_save(piece, bytes, cut);
	home_save(home.tree, tree, tree_len);
	if (how == TREE_SHORT)
		assert_int_equal(
		    truncate(home.tree,
			(off_t)(merkle_stored(FIRST_PIECE) * MERKLE_HASH +
			    100)),
		    0);
	if (how == TREE_GONE)
		unlink(home.tree);
	if (how == TREE_ZEROS) {
		size_t keep = merkle_stored(FIRST_PIECE) * MERKLE_HASH;
		char *copy = malloc(tree_len);

		memcpy(copy, tree, keep);
		memcpy(copy + keep, zeros, tree_len - keep);
		home_save(home.tree, copy, tree_len);
		free(copy);
	}
	home_open(&home);
	assert_int_equal(home.opened.repaired, cut - end);
	if (how == TREE_LATER)
		assert_repairs(
		    cut - end, 0, FIRST_PIECE + SECOND_PIECE - whole, false);
	if (how == TREE_ZEROS)
		assert_int_equal(home.opened.rehashed, whole - FIRST_PIECE);
	assert_int_equal(home.opened.rebuilt, how == TREE_GONE);
	goes_on(whole);
}

static void
opens_whatever_byte_a_crash_cuts_at(void **state)
{
	size_t len, tree_len;
	char piece[128], *bytes, *tree;

	(void)state;
	home_open(&home);
	home_add(&home, FIRST_PIECE);
	home_rotate(&home);
	home_add(&home, SECOND_PIECE);
	home_close(&home);
	home_piece(&home, FIRST_PIECE + 1, piece);
	bytes = home_load(piece, &len);
	tree = home_load(home.tree, &tree_len);
	for (size_t cut = 0; cut <= len; cut++) {
		crash_at(piece, bytes, cut, tree, tree_len, TREE_LATER);
		crash_at(piece, bytes, cut, tree, tree_len,
		    (enum tree_state)(cut % TREE_STATES));
	}
	free(bytes);
	free(tree);
}

static void
zeros_that_a_power_cut_left_are_cut_off(void **state)
{
	static const char zeros[5000];
	size_t len;
	char *bytes;

	(void)state;
	home_open(&home);
	home_add(&home, 5);
	home_close(&home);
	bytes = home_load(home.file, &len);
	bytes = realloc(bytes, len + sizeof(zeros));
	memcpy(bytes + len, zeros, sizeof(zeros));
	home_save(home.file, bytes, len + sizeof(zeros));
	free(bytes);
	home_open(&home);
	assert_repairs(sizeof(zeros), 0, 0, false);
	goes_on(5);
}

static void
only_the_end_of_a_long_piece_is_hashed_again(void **state)
{
	char *tree;
	size_t len;

	(void)state;
	home_open(&home);
	home_add(&home, LOG_TREE_TAIL + 1000);
	home_close(&home);
	home_check_tree(&home);
	home_open(&home);
	assert_repairs(0, 0, 0, false);
	goes_on(LOG_TREE_TAIL + 1000);
	/* All that may be unsynced is gone. */
	tree = home_load(home.tree, &len);
	memset(tree + len - LOG_TREE_TAIL * MERKLE_HASH, 0,
	    LOG_TREE_TAIL * MERKLE_HASH);
	home_save(home.tree, tree, len);
	free(tree);
	home_open(&home);
	assert_false(home.opened.rebuilt);
	assert_in_range(home.opened.rehashed, 1, LOG_TREE_TAIL);
	goes_on(LOG_TREE_TAIL + 1001);
}

static void
another_logs_tree_is_not_taken(void **state)
{
	char *tree;
	size_t len;

	(void)state;
	home_open(&home);
	home_add(&home, 3);
	home_rotate(&home);
	home_add(&home, 3);
	home_close(&home);
	tree = home_load(home.tree, &len);
	/* The last leaf of the closed piece. */
	tree[merkle_index(0, 2) * MERKLE_HASH] ^= 1;
	home_save(home.tree, tree, len);
	free(tree);
	home_open(&home);
	assert_repairs(0, 0, 0, true);
	goes_on(6);
}

static void
the_tree_needs_all_pieces_to_be_made_again(void **state)
{
	char piece[128], aside[160];

	(void)state;
	home_open(&home);
	home_add(&home, 3);
	home_rotate(&home);
	home_add(&home, 3);
	home_close(&home);
	home_piece(&home, 1, piece);
	snprintf(aside, sizeof(aside), "%s/aside", home.folder);
	assert_int_equal(rename(piece, aside), 0);
	/* As long as the tree is there, they may be elsewhere. */
	home_open(&home);
	assert_repairs(0, 0, 0, false);
	home_close(&home);
	unlink(home.tree);
	assert_int_equal(home_try(&home), -1);
	assert_non_null(strstr(home.error.what, "put them or the tree back"));
	assert_int_equal(rename(aside, piece), 0);
	home_open(&home);
	assert_repairs(0, 0, 0, true);
	goes_on(6);
}

static void
write_note(uint64_t size, const merkle_hash root)
{
	struct checkpoint checkpoint = { .origin = "host/countersign" };
	const uint8_t pubkey[NOTE_PUBKEY] = { 1 };
	const uint8_t signature[NOTE_SIGNATURE] = { 2 };
	char note[CHECKPOINT_NOTE];
	struct note_key key;
	size_t len;

	checkpoint.size = size;
	memcpy(checkpoint.root, root, MERKLE_HASH);
	assert_int_equal(note_key_init(&key, "host/countersign", pubkey), 0);
	len = checkpoint_note(&checkpoint, &key, signature, note);
	home_save(home.note, note, len);
}

static void
a_checkpoint_is_held_against_the_log(void **state)
{
	merkle_hash root;
	char aside[160];

	(void)state;
	home_open(&home);
	home_add(&home, 5);
	assert_int_equal(merkle_root(journal_tree(home.journal), root), 0);
	home_add(&home, 3);
	home_close(&home);
	write_note(5, root);
	home_open(&home);
	assert_repairs(0, 0, 0, false);
	home_close(&home);
	/* The tree could be wrong; the log is not, and neither helps. */
	root[0] ^= 1;
	write_note(5, root);
	assert_int_equal(home_try(&home), -1);
	assert_non_null(strstr(home.error.what, "the log was changed"));
	/* It was signed for more than there is. */
	write_note(20, root);
	home_open(&home);
	assert_repairs(0, 0, 12, false);
	snprintf(aside, sizeof(aside), "%s.lost", home.note);
	assert_int_equal(access(aside, F_OK), 0);
	assert_int_equal(access(home.note, F_OK), -1);
	goes_on(8);
	home_save(home.note, "nonsense", 8);
	home_open(&home);
	assert_repairs(0, 0, 0, false);
}

static void
an_old_log_gets_its_piece_and_its_tree(void **state)
{
	char piece[128];

	(void)state;
	home_open(&home);
	home_add(&home, 7);
	home_close(&home);
	home_piece(&home, 1, piece);
	unlink(piece);
	unlink(home.tree);
	home_open(&home);
	assert_repairs(0, 0, 0, true);
	assert_int_equal(access(piece, F_OK), 0);
	goes_on(7);
}

static void
a_tree_that_others_may_write_is_refused(void **state)
{
	(void)state;
	home_open(&home);
	home_add(&home, 1);
	home_close(&home);
	chmod(home.tree, 0620);
	assert_int_equal(home_try(&home), -1);
	assert_non_null(strstr(home.error.what, "tree: "));
	assert_non_null(strstr(home.error.what, "by group or others"));
	chmod(home.tree, 0600);
	home_open(&home);
}

static void
proves_each_record_in_each_later_tree(void **state)
{
	struct merkle_proof proof;
	merkle_hash leaf, root;
	char *bytes, *line;
	size_t len;

	(void)state;
	home_open(&home);
	for (uint64_t size = 1; size <= 9; size++) {
		home_add(&home, 1);
		assert_int_equal(
		    merkle_root(journal_tree(home.journal), root), 0);
		bytes = home_load(home.file, &len);
		line = bytes;
		for (uint64_t seq = 1; seq <= size; seq++) {
			char *end = strchr(line, '\n');

			merkle_leaf(line, (size_t)(end - line), leaf);
			assert_int_equal(
			    journal_inclusion(home.journal, seq, size, &proof),
			    0);
			assert_int_equal(merkle_check_inclusion(
					     &proof, seq - 1, leaf, size, root),
			    0);
			line = end + 1;
		}
		free(bytes);
	}
	assert_int_equal(journal_inclusion(home.journal, 0, 9, &proof), -1);
	assert_int_equal(journal_inclusion(home.journal, 10, 9, &proof), -1);
	assert_int_equal(journal_inclusion(home.journal, 1, 10, &proof), -1);
}

static void
limit_file(rlim_t size)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The disk of state-dir is full, that of the log is not. */
static void
a_tree_that_cannot_be_written_stops_everything_but_records(void **state)
{
	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	home_open(&home);
	home_add(&home, 100);
	home_rotate(&home);
	limit_file(merkle_stored(100) * MERKLE_HASH + 10);
	home_add(&home, 1);
	/* It is on disk, so it counts. */
	assert_int_equal(home.failed, 0);
	assert_int_equal(journal_tree(home.journal)->size, 101);
	assert_false(journal_works(home.journal));
	home_add(&home, 1);
	assert_int_equal(home.failed, 1);
	limit_file(RLIM_INFINITY);
	while (!journal_works(home.journal))
		home_round(&home);
	home_add(&home, 1);
	assert_int_equal(home.failed, 1);
	home.failed = 0;
	home_close(&home);
	home_check_tree(&home);
	home_open(&home);
	assert_repairs(0, 0, 0, false);
	goes_on(102);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_clean_end_needs_no_repair),
		TEST(opens_whatever_byte_a_crash_cuts_at),
		TEST(zeros_that_a_power_cut_left_are_cut_off),
		TEST(only_the_end_of_a_long_piece_is_hashed_again),
		TEST(another_logs_tree_is_not_taken),
		TEST(the_tree_needs_all_pieces_to_be_made_again),
		TEST(a_checkpoint_is_held_against_the_log),
		TEST(an_old_log_gets_its_piece_and_its_tree),
		TEST(a_tree_that_others_may_write_is_refused),
		TEST(proves_each_record_in_each_later_tree),
		TEST(
		    a_tree_that_cannot_be_written_stops_everything_but_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "support_journal.h"

#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/merkle.h"
#include "audit/segment.h"
#include "audit/verify.h"
#include "base/clock.h"

#define DEADLINE_US 10000000u

static const struct record_origin origin = { "host", 1 };

struct waiting {
	struct waiter waiter;
	struct home *home;
};

void
home_make(struct home *h)
{
	memset(h, 0, sizeof(*h));
	/* Thousands of starts: syncs must cost little. */
	snprintf(h->folder, sizeof(h->folder), "%s/countersign-home.XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(h->folder));
	snprintf(h->file, sizeof(h->file), "%s/audit.log", h->folder);
	snprintf(h->tree, sizeof(h->tree), "%s/tree", h->folder);
	snprintf(h->note, sizeof(h->note), "%s/checkpoint", h->folder);
	h->conf.file = h->file;
	h->conf.state_dir = h->folder;
	h->loop = loop_new();
	assert_non_null(h->loop);
}

static int
remove_one(const char *name, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(name);
}

void
home_drop(struct home *h)
{
	home_close(h);
	loop_free(h->loop);
	chmod(h->folder, 0700);
	nftw(h->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
flush(void *arg)
{
	struct home *h = arg;

	if (h->journal != NULL)
		journal_flush(h->journal);
}

static void
on_freed(void *arg)
{
	((struct home *)arg)->freed++;
}

static void
on_closed(void *arg)
{
	((struct home *)arg)->closed++;
}

int
home_try(struct home *h)
{
	h->journal = journal_open(&h->conf, &origin, &h->opened, &h->error);
	if (h->journal == NULL)
		return -1;
	assert_int_equal(
	    journal_start(h->journal, h->loop, NULL, NULL, on_freed, h), 0);
	journal_on_closed(h->journal, on_closed, h);
	loop_after_round(h->loop, flush, h);
	return 0;
}

void
home_open(struct home *h)
{
	if (home_try(h) == -1)
		fail_msg("%s", h->error.what);
}

void
home_close(struct home *h)
{
	journal_close(h->journal);
	h->journal = NULL;
}

static void
on_recorded(struct waiter *w, bool ok)
{
	struct waiting *waiting = (void *)w;

	waiting->home->waiting--;
	waiting->home->failed += !ok;
	free(waiting);
}

static void
stop(void *arg)
{
	loop_stop(arg);
}

void
home_round(struct home *h)
{
	struct loop_timer *timer = loop_timer_new(h->loop, stop, h->loop);

	loop_timer_set(timer, clock_mono_us() + 500);
	assert_int_equal(loop_run(h->loop), 0);
	loop_timer_free(timer);
}

void
home_add(struct home *h, unsigned count)
{
	uint64_t until = clock_mono_us() + DEADLINE_US;

	for (unsigned i = 0; i < count; i++) {
		struct record *r = journal_begin(h->journal, EVENT_DENY);
		struct waiting *w = calloc(1, sizeof(*w));

		assert_non_null(w);
		w->waiter.fn = on_recorded;
		w->home = h;
		h->waiting++;
		if (r == NULL) {
			on_recorded(&w->waiter, false);
			continue;
		}
		record_add_number(r, "number", i);
		if (journal_end(h->journal, "text", &w->waiter) == -1)
			on_recorded(&w->waiter, false);
	}
	while (h->waiting > 0 && clock_mono_us() < until)
		home_round(h);
	assert_int_equal(h->waiting, 0);
}

void
home_rotate(struct home *h)
{
	uint64_t until = clock_mono_us() + DEADLINE_US;
	unsigned closed = h->closed;

	journal_rotate(h->journal);
	while (h->closed == closed && clock_mono_us() < until)
		home_round(h);
	assert_int_equal(h->closed, closed + 1);
}

void
home_piece(const struct home *h, uint64_t first, char ret[128])
{
	snprintf(ret, 128, "%s.%012" PRIu64, h->file, first);
}

char *
home_load(const char *path, size_t *ret_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *bytes;

	if (fd == -1)
		fail_msg("%s is missing", path);
	assert_int_equal(fstat(fd, &st), 0);
	bytes = malloc((size_t)st.st_size + 1);
	assert_non_null(bytes);
	assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
	bytes[st.st_size] = '\0';
	close(fd);
	*ret_len = (size_t)st.st_size;
	return bytes;
}

void
home_save(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

/* All pieces, one behind another. */
static char *
load_all(const struct home *h, size_t *ret_len)
{
	struct segments all;
	char *bytes = calloc(1, 1);
	struct stat last, file;
	char path[128];

	*ret_len = 0;
	assert_int_equal(segments_list(h->file, &all), 0);
	assert_true(all.count > 0);
	for (size_t i = 0; i < all.count; i++) {
		char *one;
		size_t len;

		home_piece(h, all.list[i].first, path);
		one = home_load(path, &len);
		bytes = realloc(bytes, *ret_len + len + 1);
		assert_non_null(bytes);
		memcpy(bytes + *ret_len, one, len + 1);
		*ret_len += len;
		free(one);
	}
	segments_release(&all);
	assert_int_equal(stat(path, &last), 0);
	assert_int_equal(stat(h->file, &file), 0);
	assert_int_equal(last.st_ino, file.st_ino);
	return bytes;
}

uint64_t
home_records(const struct home *h)
{
	struct verifier verifier;
	struct text_error error;
	size_t len;
	char *bytes = load_all(h, &len), *end;

	verifier_init(&verifier, true);
	for (char *line = bytes; line < bytes + len; line = end + 1) {
		if ((end = strchr(line, '\n')) == NULL)
			fail_msg("the last record is torn");
		if (verify_line(
			&verifier, line, (size_t)(end - line), &error) == -1)
			fail_msg("%s", error.what);
	}
	free(bytes);
	return verifier.records;
}

void
home_check_tree(const struct home *h)
{
	struct merkle_added added;
	struct merkle merkle = { 0 };
	merkle_hash leaf;
	size_t len, tree_len, at = 0;
	char *bytes = load_all(h, &len), *end;
	char *tree = home_load(h->tree, &tree_len);

	for (char *line = bytes; line < bytes + len; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		assert_int_equal(
		    merkle_leaf(line, (size_t)(end - line), leaf), 0);
		assert_int_equal(merkle_append(&merkle, leaf, &added), 0);
		assert_true(at + added.count * MERKLE_HASH <= tree_len);
		assert_memory_equal(
		    tree + at, added.hash, added.count * MERKLE_HASH);
		at += added.count * MERKLE_HASH;
	}
	assert_int_equal(at, tree_len);
	free(bytes);
	free(tree);
}

bool
home_has(const struct home *h, const char *text)
{
	size_t len;
	char *bytes = load_all(h, &len);
	bool has = strstr(bytes, text) != NULL;

	free(bytes);
	return has;
}

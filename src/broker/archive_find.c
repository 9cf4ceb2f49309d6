/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The newest record of a signature, looked for from the end of the log back:
 * plain pieces in windows from their end, packed ones from their beginning.
 *
 * What looks like the digest is found first, and the record is read as a
 * record then: a name cannot fake a field.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/fields.h"
#include "audit/lines.h"
#include "base/words.h"
#include "broker/archive_task.h"

#define WINDOW ((off_t)128 << 10)

struct find_task {
	struct task task;
	const char *file;
	uint64_t last;
	char digest[2 * DIGEST_MAX + 1];
	char needle[2 * DIGEST_MAX + 12];
	size_t needle_len;
	size_t key_count;
	char (*keys)[NAME_SIZE];

	bool listed;
	struct segments pieces; /* those before `left' are still to come */
	size_t left;
	int fd; /* of the piece at hand, or -1 */
	struct segment piece;
	char *window; /* of a plain piece ... */
	off_t end; /* ... of which this much is left */
	struct lines lines; /* of a packed one */

	uint64_t seq; /* of the newest that was found; 0: none */
	size_t len;
	char line[RECORD_MAX];
	struct fields fields;
};

static void
leave_piece(struct find_task *t)
{
	if (t->fd == -1)
		return;
	if (t->piece.packed)
		lines_release(&t->lines);
	close(t->fd);
	t->fd = -1;
}

static void
find_free(struct task *task)
{
	struct find_task *t = (struct find_task *)task;

	leave_piece(t);
	segments_release(&t->pieces);
	free(t->window);
	free(t->keys);
	free(t);
}

static bool
has(const struct fields *fields, const char *name, const char *value)
{
	const char *is = fields_get(fields, name);

	return is != NULL && strcmp(is, value) == 0;
}

static bool
is_wanted(struct find_task *t, const char *line, size_t len)
{
	struct fields *fields = &t->fields;
	struct text_error error;
	const char *key;

	if (fields_read(line, len, fields, &error) == -1 ||
	    fields->seq > t->last || strcmp(fields->event, "SIGN") != 0 ||
	    !has(fields, "outcome", "ok") || !has(fields, "digest", t->digest))
		return false;
	key = fields_get(fields, "key");
	for (size_t i = 0; key != NULL && i < t->key_count; i++)
		if (strcmp(key, t->keys[i]) == 0)
			return true;
	return false;
}

/* Keeps the line if it is a newer one. */
static void
consider(struct find_task *t, const char *line, size_t len)
{
	if (len >= RECORD_MAX || !is_wanted(t, line, len))
		return;
	memcpy(t->line, line, len);
	t->len = len;
	t->seq = t->fields.seq;
}

/* Whole lines. */
static void
search_lines(struct find_task *t, const char *at, const char *end)
{
	const char *hit, *start, *stop;

	while ((hit = memmem(at, (size_t)(end - at), t->needle,
		    t->needle_len)) != NULL) {
		start = memrchr(at, '\n', (size_t)(hit - at));
		start = start != NULL ? start + 1 : at;
		stop = memchr(hit, '\n', (size_t)(end - hit));
		if (stop == NULL)
			return;
		consider(t, start, (size_t)(stop - start));
		at = stop + 1;
	}
}

/* One window of a plain piece: its bytes, or -1. */
static ssize_t
search_window(struct find_task *t, struct text_error *reterr)
{
	off_t from = t->end > WINDOW ? t->end - WINDOW : 0;
	size_t want = (size_t)(t->end - from);
	ssize_t got = pread(t->fd, t->window, want, from);
	char *at = t->window, *lf;

	if (got == -1)
		return piece_fail(t->file, &t->piece, reterr, strerror(errno));
	/* Its first line may have begun before it: that one comes later. */
	if (from > 0 && got > 0) {
		lf = memchr(at, '\n', (size_t)got);
		if (lf == NULL || lf + 1 == at + got)
			return piece_fail(t->file, &t->piece, reterr,
			    "a line is longer than any record");
		at = lf + 1;
	}
	search_lines(t, at, t->window + got);
	t->end = from + (at - t->window);
	if (t->seq != 0 || t->end == 0)
		leave_piece(t);
	return got;
}

/* One line of a packed piece: its bytes, or -1. */
static ssize_t
search_packed(struct find_task *t, struct text_error *reterr)
{
	const char *line;
	size_t len;

	switch (lines_next(&t->lines, &line, &len)) {
	case LINES_OK:
	case LINES_TORN:
	case LINES_LONG:
		if (memmem(line, len, t->needle, t->needle_len) != NULL)
			consider(t, line, len);
		return (ssize_t)len;
	case LINES_ERROR:
		return piece_fail(t->file, &t->piece, reterr, t->lines.why);
	case LINES_END:
		break;
	}
	leave_piece(t);
	return 0;
}

static ssize_t
enter_piece(struct find_task *t, struct text_error *reterr)
{
	struct stat st;

	t->piece = t->pieces.list[--t->left];
	if (t->piece.first > t->last)
		return 0;
	if ((t->fd = piece_open(t->file, &t->piece, reterr)) == -1)
		return -1;
	if (!t->piece.packed) {
		t->end = fstat(t->fd, &st) == 0 ? st.st_size : 0;
		return 0;
	}
	if (lines_init(&t->lines, t->fd) == 0)
		return 0;
	close(t->fd);
	t->fd = -1;
	return text_fail(reterr, 0, "%s", strerror(ENOMEM));
}

static ssize_t
step(struct find_task *t, struct text_error *reterr)
{
	if (!t->listed) {
		t->listed = true;
		t->window = malloc((size_t)WINDOW);
		if (t->window == NULL ||
		    segments_list(t->file, &t->pieces) == -1)
			return text_fail(reterr, 0, "%s", strerror(errno));
		t->left = t->pieces.count;
		return 0;
	}
	if (t->fd == -1)
		return enter_piece(t, reterr);
	if (!t->piece.packed && t->end == 0)
		leave_piece(t);
	else if (!t->piece.packed)
		return search_window(t, reterr);
	else
		return search_packed(t, reterr);
	return 0;
}

static bool
is_over(const struct find_task *t)
{
	return t->listed && t->fd == -1 && (t->seq != 0 || t->left == 0);
}

static enum turn
find_run(struct task *task, struct archive_answer *ret)
{
	struct find_task *t = (struct find_task *)task;
	struct text_error error;
	size_t seen = 0;
	ssize_t n;

	while (!is_over(t) && seen < TASK_SLICE) {
		if ((n = step(t, &error)) == -1)
			return task_fail(ret, error.what);
		seen += (size_t)n;
	}
	if (!is_over(t))
		return TURN_AGAIN;
	ret->status = t->seq != 0 ? ARCHIVE_FOUND : ARCHIVE_END;
	ret->data = t->line;
	ret->len = t->len;
	ret->seq = t->seq;
	return TURN_TELL;
}

struct task *
find_new(const char *file, uint64_t last, const char *digest,
    const char *const *keys, size_t count)
{
	struct find_task *t = calloc(1, sizeof(*t));

	if (t == NULL || (t->keys = calloc(count + 1, NAME_SIZE)) == NULL) {
		free(t);
		return NULL;
	}
	t->task.run = find_run;
	t->task.free = find_free;
	t->file = file;
	t->last = last;
	t->fd = -1;
	text_copy(t->digest, sizeof(t->digest), digest);
	t->needle_len = (size_t)snprintf(
	    t->needle, sizeof(t->needle), " digest=\"%s\"", t->digest);
	for (t->key_count = 0; t->key_count < count; t->key_count++)
		text_copy(t->keys[t->key_count], NAME_SIZE, keys[t->key_count]);
	return &t->task;
}

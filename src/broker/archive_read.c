/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records from one seq to another, in runs of whole lines, across pieces.
 * The piece at hand stays open, so it may be compressed meanwhile.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/lines.h"
#include "audit/record.h"
#include "broker/archive_task.h"

struct reader_task {
	struct task task;
	const char *file;
	uint64_t next, last;
	bool begun; /* a piece was read to its end, or a part was given */

	int fd; /* of the piece at hand, or -1 */
	struct segment piece;
	struct lines lines;
	uint64_t at; /* the seq of the line that comes next */

	size_t len;
	char chunk[ARCHIVE_CHUNK];
	struct archive_answer end; /* after what is in chunk */
	bool ended;
};

static void
leave_piece(struct reader_task *t)
{
	if (t->fd == -1)
		return;
	lines_release(&t->lines);
	close(t->fd);
	t->fd = -1;
}

static void
reader_free(struct task *task)
{
	struct reader_task *t = (struct reader_task *)task;

	leave_piece(t);
	free(t);
}

static int
end(struct reader_task *t, const char *text)
{
	t->ended = true;
	task_fail(&t->end, text);
	return -1;
}

static int
damaged(struct reader_task *t, const char *text)
{
	struct text_error error;

	piece_fail(t->file, &t->piece, &error, text);
	return end(t, error.what);
}

static int
missing(struct reader_task *t)
{
	char text[80];

	snprintf(text, sizeof(text), "the record %ju is missing",
	    (uintmax_t)t->next);
	return end(t, text);
}

/* The piece that the first record is in. */
static int
choose(struct reader_task *t, const struct segments *all)
{
	size_t i = all->count;

	while (i > 0 && all->list[i - 1].first > t->next)
		i--;
	if (all->count == 0)
		return missing(t);
	if (i > 0) {
		t->piece = all->list[i - 1];
		return 0;
	}
	t->ended = true;
	t->end.status = ARCHIVE_GONE;
	t->end.seq = all->list[0].first;
	return -1;
}

static int
choose_first(struct reader_task *t)
{
	struct segments all;
	int rv;

	if (segments_list(t->file, &all) == -1)
		return end(t, strerror(errno));
	rv = choose(t, &all);
	segments_release(&all);
	return rv;
}

static int
enter_piece(struct reader_task *t)
{
	const struct segment next = { .first = t->next };
	struct text_error error;

	/* Where one piece ended the next must begin. */
	if (t->begun)
		t->piece = next;
	else if (choose_first(t) == -1)
		return -1;
	if ((t->fd = piece_open(t->file, &t->piece, &error)) == -1)
		return errno == ENOENT ? missing(t) : end(t, error.what);
	t->at = piece_seek(t->fd, &t->piece, t->next);
	if (lines_init(&t->lines, t->fd) == 0)
		return 0;
	close(t->fd);
	t->fd = -1;
	return end(t, strerror(ENOMEM));
}

static int
take_line(struct reader_task *t, const char *line, size_t len)
{
	char text[80];

	if (len >= RECORD_MAX || line_seq(line, len) != t->at) {
		snprintf(text, sizeof(text), "the record %ju is not there",
		    (uintmax_t)t->at);
		return damaged(t, text);
	}
	if (t->at++ < t->next)
		return 0;
	memcpy(t->chunk + t->len, line, len);
	t->len += len;
	t->chunk[t->len++] = '\n';
	t->begun = true;
	t->next = t->at;
	return 0;
}

/* One line, or the next piece: how much was read, or -1 at the end. */
static ssize_t
step(struct reader_task *t)
{
	const char *line;
	size_t len;

	if (t->fd == -1)
		return enter_piece(t);
	switch (lines_next(&t->lines, &line, &len)) {
	case LINES_OK:
		return take_line(t, line, len) == 0 ? (ssize_t)len : -1;
	case LINES_END:
		break;
	case LINES_TORN:
		return damaged(t, "its last record is torn");
	case LINES_LONG:
		return damaged(t, "a line is longer than any record");
	case LINES_ERROR:
		return damaged(t, t->lines.why);
	}
	leave_piece(t);
	t->begun = true;
	return t->at != t->next || t->at == t->piece.first ? missing(t) : 0;
}

static enum turn
reader_run(struct task *task, struct archive_answer *ret)
{
	struct reader_task *t = (struct reader_task *)task;
	size_t seen = 0;
	ssize_t n;

	t->len = 0;
	while (!t->ended && t->next <= t->last && seen < TASK_SLICE &&
	    t->len + RECORD_MAX <= sizeof(t->chunk))
		if ((n = step(t)) > 0)
			seen += (size_t)n;
	if (t->len > 0) {
		ret->status = ARCHIVE_LINES;
		ret->data = t->chunk;
		ret->len = t->len;
		return TURN_TELL;
	}
	if (!t->ended && t->next <= t->last)
		return TURN_AGAIN;
	*ret = t->end;
	return TURN_TELL;
}

struct task *
read_new(const char *file, uint64_t from, uint64_t last)
{
	struct reader_task *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->task.run = reader_run;
	t->task.free = reader_free;
	t->file = file;
	t->next = from;
	t->last = last;
	t->fd = -1;
	t->end.status = ARCHIVE_END;
	return &t->task;
}

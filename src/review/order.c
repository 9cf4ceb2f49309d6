/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In which order files belong: source_look and sources_order of source.h.
 */
#include "review/source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/segment.h"
#include "audit/verify.h"
#include "review/unwrap.h"

#define LOOKS 3 /* records that are looked at in a file */

/* 0: no record. */
static uint64_t
seq_of(const char *line, size_t len)
{
	char prev[RECORD_HASH];
	struct text_error err;
	struct unwrapped u;
	uint64_t seq;

	if (unwrap(line, len, &u, &err) == -1 ||
	    record_parse(u.record, u.len, &seq, prev, &err) == -1)
		return 0;
	return seq;
}

/*
 * Of a file whose first records may have been tampered with: what the second
 * and third say when they agree, so that the fault is found where it is.
 */
static uint64_t
look_at_lines(struct lines *l)
{
	uint64_t first[LOOKS] = { 0 };
	const char *line;
	size_t len;

	for (size_t i = 0; i < LOOKS; i++) {
		uint64_t seq;

		if (lines_next(l, &line, &len) != LINES_OK)
			break;
		seq = seq_of(line, len);
		first[i] = seq > i ? seq - i : 0;
	}
	if (first[1] != 0 && first[1] == first[2])
		return first[1];
	for (size_t i = 0; i < LOOKS; i++)
		if (first[i] != 0)
			return first[i];
	return 0;
}

/* What cannot be read twice is left open at its first line. */
static uint64_t
look_at_pipe(struct lines *l)
{
	const char *line;
	size_t len;

	if (lines_next(l, &line, &len) != LINES_OK)
		return 0;
	lines_again(l, len);
	return seq_of(line, len);
}

int
source_look(struct source *s, struct text_error *reterr)
{
	struct stat st;

	if (source_open(s, reterr) == -1)
		return -1;
	if (strcmp(s->path, "-") == 0)
		return 0;
	if (fstat(s->fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		s->first = look_at_pipe(&s->lines);
		return 0;
	}
	s->device = st.st_dev;
	s->inode = st.st_ino;
	s->first = look_at_lines(&s->lines);
	source_close(s);
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct source *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* x.gz beside x: the piece is being compressed this very moment. */
static bool
is_packed(const struct source *of, const struct source *packed)
{
	size_t len = strlen(of->path);

	return strncmp(packed->path, of->path, len) == 0 &&
	    strcmp(packed->path + len, SEGMENT_GZ) == 0;
}

/* The written piece of a log has two names. */
static bool
is_same(const struct source *a, const struct source *b)
{
	if (a->inode != 0 && a->inode == b->inode && a->device == b->device)
		return true;
	return a->first != 0 && a->first == b->first &&
	    (is_packed(a, b) || is_packed(b, a));
}

static bool
is_double(const struct sources *s, size_t kept, const struct source *one)
{
	for (size_t i = kept; i > 0 && s->list[i - 1].first == one->first; i--)
		if (is_same(&s->list[i - 1], one))
			return true;
	return false;
}

void
sources_order(struct sources *s)
{
	size_t kept = 0;

	qsort(s->list, s->count, sizeof(*s->list), compare);
	for (size_t i = 0; i < s->count; i++) {
		if (is_double(s, kept, &s->list[i])) {
			source_close(&s->list[i]);
			free(s->list[i].path);
		} else {
			s->list[kept++] = s->list[i];
		}
	}
	s->count = kept;
}

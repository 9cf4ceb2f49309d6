/* SPDX-License-Identifier: Apache-2.0 */
#include "session/splitter.h"

#include <string.h>

/* Drops the rest of a long line.  False: its end has not come yet. */
static bool
skip_rest(struct splitter *s, struct buf *stream)
{
	const char *at = buf_at(stream);
	size_t len = buf_len(stream);
	const char *lf = len > 0 ? memchr(at, '\n', len) : NULL;

	buf_consume(stream, lf != NULL ? (size_t)(lf - at) + 1 : len);
	s->seen = 0;
	s->skipping = lf == NULL;
	return lf != NULL;
}

static enum split
too_long(struct splitter *s, struct buf *stream)
{
	s->number++;
	skip_rest(s, stream);
	return SPLIT_LONG;
}

enum split
splitter_next(struct splitter *s, struct buf *stream, bool ended,
    const char **ret, size_t *ret_len)
{
	const char *at, *lf = NULL;
	size_t len, line;

	if (s->skipping && !skip_rest(s, stream))
		return SPLIT_MORE;
	at = buf_at(stream);
	len = buf_len(stream);
	if (len > s->seen)
		lf = memchr(at + s->seen, '\n', len - s->seen);
	line = lf != NULL ? (size_t)(lf - at) : len;
	if (line > SPLITTER_LINE)
		return too_long(s, stream);
	if (lf == NULL && (!ended || len == 0)) {
		s->seen = len;
		return SPLIT_MORE;
	}
	*ret = at;
	*ret_len = line;
	s->number++;
	s->seen = 0;
	buf_consume(stream, lf != NULL ? line + 1 : line);
	return SPLIT_LINE;
}

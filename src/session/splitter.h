/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cuts a stream into lines, however it arrives.
 */
#ifndef CS_SESSION_SPLITTER_H
#define CS_SESSION_SPLITTER_H

#include "base/buf.h"

/* The longest line, without its LF. */
#define SPLITTER_LINE 8191

struct splitter {
	uint32_t number; /* of the line given last; the first is 1 */
	size_t seen; /* bytes at the front that hold no LF */
	bool skipping; /* the rest of a line that was too long */
};

enum split {
	SPLIT_LINE,
	SPLIT_LONG, /* a line that is too long; its rest is skipped */
	SPLIT_MORE, /* no whole line */
};

/*
 * Takes the next line from the stream: a view without the LF, valid until
 * something is added to the stream.  ended: what is left is the last line.
 */
enum split splitter_next(struct splitter *, struct buf *stream, bool ended,
    const char **ret, size_t *ret_len);

#endif

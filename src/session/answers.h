/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers as the client reads them: lines, raw, tar or JSON on standard
 * output, sentences on standard error.
 */
#ifndef CS_SESSION_ANSWERS_H
#define CS_SESSION_ANSWERS_H

#include "base/buf.h"
#include "session/pending.h"
#include "wire/request.h"

/* The two streams of a channel. */
struct streams {
	struct buf out;
	struct buf err;
};

/* What the broker answered to this line. */
void answers_put(struct streams *, const struct accept_reply *,
    const struct pending_line *, const struct answer *);
/* A line that never got to the broker; without keep_going only the sentence. */
void answers_put_bad(
    struct streams *, const struct accept_reply *, const struct pending_line *);
/* After the last one of a request that ran to its end. */
void answers_end(struct streams *, const struct accept_reply *);
/* "countersign: line NUMBER: TEXT" on standard error; 0: no line. */
void answers_complain(
    struct streams *, uint32_t number, const char *text, size_t len);
/* "countersign: TEXT" on standard error; nothing for an empty text. */
void answers_say(struct streams *, const char *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel's standard input: taken from libssh as far as there is room,
 * read line by line, and sent to the broker as far as its window goes.
 */
#ifndef CS_SESSION_INPUT_H
#define CS_SESSION_INPUT_H

#include "session/exchange.h"

/*
 * libssh grants 1.25 MiB of window and gives it back as bytes are consumed,
 * so what is taken beyond need would never be bounded.  Up to INPUT_SOFT is
 * taken as it comes; the rest stays with libssh and holds the window shut,
 * until the buffer runs low and takes all of it at once.
 */
#define INPUT_SOFT ((size_t)64 << 10)
#define INPUT_LOW ((size_t)16 << 10)
/* A peer that has sent more than this ahead ignores its window. */
#define INPUT_AHEAD ((size_t)2 << 20)
#define INPUT_MAX (INPUT_SOFT + INPUT_AHEAD)

/* libssh's buffered input: how much of it was taken. */
size_t input_take(struct exchange *, const void *, size_t len);
/* More lines may go to the broker. */
bool input_has_room(const struct exchange *);
/* Reads and sends what can be. */
void input_work(struct exchange *);
/* Answers bad lines whose turn has come. */
void input_settle(struct exchange *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From who waits at a token to its workers: enough that none is ever idle
 * while a line waits, so little that somebody else's line is soon next.
 */
#ifndef CS_BROKER_DISPATCH_H
#define CS_BROKER_DISPATCH_H

struct token;

/* Gives lines to workers that have room, and sends them. */
void token_dispatch(struct token *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes that know lists of digests: the keeper, and the server that it
 * gave us last.  The server is believed in one thing: whether a digest is in a
 * list.  One that breaks the rules or falls silent is dropped, and the keeper
 * starts another; what the old one was asked, the new one is asked once more.
 *
 * So much may be asked at once; who wants to ask more waits for a turn.
 */
#ifndef CS_BROKER_LISTS_H
#define CS_BROKER_LISTS_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/lists.h"

struct lists;
struct request;
struct service;

/* Questions at once: of all requests for each kind, and of one request. */
#define LISTS_AT_ONCE 64
#define LISTS_OF_REQUEST 8

/* What a request has to do with it: embedded there, zeroed at first. */
struct lists_turn {
	struct request *next, *prev; /* who waits for a turn, too */
	bool waits;
	enum list_kind kind; /* of what it waits for */
	unsigned out; /* questions without an answer */
	uint32_t next_line; /* index of the first that was not looked at */
};

/* NULL: no memory. */
struct lists *lists_new(struct service *);
void lists_free(struct lists *);
/* Takes the keeper's channel over, on failure too: 0, or -1 (no memory). */
int lists_start(struct lists *, int keeper);
/* A server is there, or there will be none. */
bool lists_are_settled(const struct lists *);

/* There is no server and none is expected: every list is unavailable. */
bool lists_are_away(const struct lists *);
/* Else: may a question of this kind be asked now? */
bool lists_have_room(const struct lists *, enum list_kind);
/* The request asks as soon as there is room (lists_ask_ahead). */
void lists_wait(struct lists *, struct request *, enum list_kind);
/*
 * Asks; query's id is filled in.  The numbers are of count lines of the
 * request; lists_ask_answered follows, never from in here.  The id, or 0 (no
 * memory).
 */
uint64_t lists_send(struct lists *, struct request *, struct lists_query *,
    const uint64_t *number);
/* The request wants no answers any more. */
void lists_leave(struct lists *, struct request *);

/* The server's words, for on_lists.c: NULL, or the rule that they break. */
const char *lists_attach(struct lists *, int fd);
const char *lists_answered(struct lists *, struct lists_answer *);
struct peer *lists_keeper(const struct lists *);

#endif

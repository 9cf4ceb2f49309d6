/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking whether digests are in a list that somebody else writes.
 *
 *	keeper   -> broker   LISTS_SERVER, with the server's channel as a
 *	                     descriptor; again whenever it had to start another
 *	broker   -> keeper   LISTS_DROP: the server is no good, and may hang
 *	broker   -> server   LISTS_QUERY
 *	server   -> broker   LISTS_ANSWER, one for each query, in any order
 *
 * LISTS_SERVER and LISTS_DROP have no fields (wire/control.h's bare_put).
 */
#ifndef CS_WIRE_LISTS_H
#define CS_WIRE_LISTS_H

#include "base/words.h"
#include "wire/type.h"

#define LISTS_WORDS 64 /* of a command, its path included */
#define LISTS_TEXT 32768 /* all of them, each with its NUL */
/* Queries for commands that a server keeps at most; the rest it refuses. */
#define LISTS_QUEUE 128

enum list_kind {
	LIST_FILE, /* words: its path */
	LIST_COMMAND, /* words: its path and its arguments */
	LIST_KINDS,
};

enum list_verdict {
	LISTED_NO,
	LISTED_YES,
	LISTED_UNAVAILABLE, /* nobody can say */
	LISTED_COUNT,
};

/* Texts one after another, each with its NUL; never none. */
struct list_words {
	uint16_t count;
	size_t used;
	char text[LISTS_TEXT];
};

struct list_digest {
	uint8_t len; /* 1 to DIGEST_MAX */
	uint8_t bytes[DIGEST_MAX];
};

struct lists_query {
	uint64_t id;
	enum list_kind kind;
	bool network; /* the command may open internet sockets */
	uint32_t timeout_ms; /* what the command gets */
	struct list_words words; /* the first is an absolute path */
	uint8_t count; /* 1 to WIRE_BATCH; one for a command */
	struct list_digest digests[WIRE_BATCH];
};

struct lists_answer {
	uint64_t id;
	uint8_t count; /* as many as were asked for */
	enum list_verdict listed[WIRE_BATCH];
	char text[MESSAGE_SIZE]; /* why not, when somebody said it */
};

/* False: too many, or too long. */
bool list_words_add(struct list_words *, const char *);
/* Word number i, which is below count. */
const char *list_words_at(const struct list_words *, uint16_t i);

void lists_query_put(struct writer *, const struct lists_query *);
bool lists_query_get(struct reader *, struct lists_query *ret);
void lists_answer_put(struct writer *, const struct lists_answer *);
bool lists_answer_get(struct reader *, struct lists_answer *ret);

#endif

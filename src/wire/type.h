/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The number of every message, and who sends it to whom.
 *
 * A message is one datagram: u16 type, then the fields of its struct in
 * order.  A receiver reads the type with wire_get_type() and finds its handler
 * in one table; what is not in the table costs the sender its channel.
 */
#ifndef CS_WIRE_TYPE_H
#define CS_WIRE_TYPE_H

#include "base/cursor.h"
#include "base/words.h"

enum wire_type {
	WIRE_NONE,

	/* session to broker (wire/login.h, wire/request.h) */
	WIRE_KEY_QUERY,
	WIRE_LOGIN_FAILED,
	WIRE_OPEN,
	WIRE_LINES,
	WIRE_END,
	WIRE_CANCEL,

	/* broker to session */
	WIRE_KEY_REPLY,
	WIRE_ACCEPT,
	WIRE_TEXT,
	WIRE_ANSWERS,
	WIRE_DONE,
	WIRE_LOGOUT,

	/* listener to broker, and back (wire/control.h) */
	WIRE_SESSION_NEW,
	WIRE_RELOAD,
	WIRE_DRAIN,
	WIRE_BROKER_READY,
	WIRE_LOGGED_IN,
	WIRE_DRAINED,

	/* listener to the session parent, and back (wire/control.h) */
	WIRE_SESSION_START,
	WIRE_PARENT_READY,
	WIRE_SESSION_GONE,

	/* starter to keeper; broker to keeper, and back (wire/token.h) */
	WIRE_TOKEN_SETUP,
	WIRE_WORKER_START,
	WIRE_WORKER_KILL,
	WIRE_WORKER_STARTED,
	WIRE_WORKER_GONE,

	/* worker to broker, and back (wire/token.h) */
	WIRE_TOKEN_STATE,
	WIRE_KEY_ADD,
	WIRE_KEY_DROP,
	WIRE_KEY_FACTS,
	WIRE_JOBS,
	WIRE_RESULTS,

	/* ctl to broker, and back (wire/admin.h) */
	WIRE_ADMIN_REQUEST,
	WIRE_ADMIN_REPLY,

	/* session to broker, later than the others (wire/request.h) */
	WIRE_TAKEN,

	/* the keeper of the lists' server to broker; broker to that server,
	 * and back; broker to keeper (wire/lists.h) */
	WIRE_LISTS_SERVER,
	WIRE_LISTS_QUERY,
	WIRE_LISTS_ANSWER,
	WIRE_LISTS_DROP,

	WIRE_TYPE_COUNT,
};

/* Limits that both ends of a channel know. */
#define WIRE_USER 64
#define WIRE_KEY_BLOB 4096 /* an SSH public key */
#define WIRE_CHUNK 32768 /* bytes of one WIRE_TEXT */
#define WIRE_ANSWER 24576 /* one answer's bytes */
#define WIRE_RECEIPT 16384 /* what proves that it is on record */
#define WIRE_INPUT 32768 /* what a token signs at most */
#define WIRE_SIGNATURE 2048 /* what a token answers at most */
#define WIRE_VARIABLES 32 /* of a channel's environment */
#define WIRE_STAMP 32 /* identifies a PIN file's state */

/* Lines of one channel that may be without an answer. */
#define WIRE_WINDOW 512
/* Lines of one --atomic request. */
#define WIRE_ATOMIC_MAX 10000
/* The same with --receipt: all of them wait in memory, and are large. */
#define WIRE_ATOMIC_RECEIPTS 4000
/* Lines, answers, jobs or results in one message. */
#define WIRE_BATCH 128

void wire_put_type(struct writer *, enum wire_type);
/* WIRE_NONE, and the reader bad, for a number not on the list. */
enum wire_type wire_get_type(struct reader *);
const char *wire_type_word(enum wire_type);

#endif

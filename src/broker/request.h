/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One channel's request, from OPEN to DONE, and its lines in order.
 *
 * A line (lines.h, slot.h) is decided, waits for a worker and for its record,
 * and is answered, each after the lines before it.  They live in a ring:
 *
 *	head      the next to be answered
 *	next      the next to be given to a worker
 *	decided   the next to be decided
 *	tail      where a new one goes
 *
 * A request outlives its channel until every line that a worker or the
 * journal still has is recorded.
 */
#ifndef CS_BROKER_REQUEST_H
#define CS_BROKER_REQUEST_H

#include "base/buf.h"
#include "broker/journal.h"
#include "broker/lists.h"
#include "broker/maker.h"
#include "broker/plan.h"
#include "broker/repeat.h"
#include "broker/schedule.h"
#include "broker/session.h"
#include "wire/request.h"

struct budget_plan;
struct env;
struct log_proof;
struct log_since;
struct slot;

enum request_state {
	REQUEST_OPENING, /* decided, but a record is awaited */
	REQUEST_RUNNING, /* accepted */
	REQUEST_READING, /* old records are looked up for it */
	REQUEST_OVER, /* the channel is forgotten */
};

struct request {
	struct session *session;
	struct request *next, *prev, *next_dirty;
	struct sched_item item;
	struct waiter waiter;
	uint32_t channel;
	enum request_state state;
	bool is_dirty, waits; /* waits: for waiter */

	/* The verdict, for sign and check. */
	struct command command;
	struct grant grant; /* of the running tree */
	enum priority priority;
	char profile[NAME_SIZE];
	char key_tag[TAG_SIZE], profile_tag[TAG_SIZE]; /* notify = */
	char purpose[PURPOSE_SIZE]; /* the key's, or else the profile's */
	const struct variables *offered; /* while it is opened */
	struct env *env; /* for its records, or NULL */
	const struct format *format;
	struct terms *terms; /* what the tree says for its format */
	char namespace[NAMESPACE_SIZE]; /* "": its format has none */
	bool of_agent; /* a message that the session's agent had */
	char sealed[FINGERPRINT_SIZE]; /* of the one answer for all lines */
	bool gathered; /* a worker has one line for all (gather.h) */
	struct key *key;
	struct repeat_wait wait; /* for a line of the same */
	struct budget_plan *plan; /* NULL: nothing is counted */
	struct token *token;
	struct plan plans[HASH_COUNT];
	struct lists_turn lists; /* for digests-from */

	/* What comes before DONE, and DONE, once they are known. */
	struct buf text;
	uint8_t exit;
	char last_words[MESSAGE_SIZE];
	uint32_t last_line; /* that they are about; 0: the whole request */

	struct log_since *since; /* while records are handed out */
	struct log_proof *proof; /* while one is looked up */
	size_t untaken; /* bytes of text that the session still has */

	struct slot **ring;
	uint32_t ring_size; /* a power of two, or 0 */
	uint32_t head, next_up, decided, tail;
	uint32_t queued; /* slots in SLOT_QUEUED */
	uint32_t pending; /* slots with a worker or the journal */
	uint64_t lines; /* that came */
	bool ended, stopped, failed, running; /* running: of its account */
	bool begun; /* a worker was given a line */
	bool greet; /* no line at all: the greeting */
};

/* NULL: no memory. */
struct request *request_new(struct session *, uint32_t channel);
/* The channel is forgotten; what is with a worker will be recorded. */
void request_cancel(struct request *);
struct request *request_find(struct session *, uint32_t channel);

/* Text before DONE, at once. */
void request_text(struct request *, const void *, size_t len);
/* DONE now, or as soon as the login's record is on disk. */
void request_finish(struct request *, uint8_t exit, const char *text);
/* Recorded as DENY first. */
void request_refuse(struct request *, const struct verdict *);
/*
 * Because of one line: policy refuses it (DENY), or it cannot be signed (SIGN
 * with outcome failed).  last_words are set by the caller.
 */
void request_refuse_line(struct request *, struct slot *, bool policy);
/* Ends it for a reason that is no policy: no record. */
void request_fail(struct request *, enum reason, const char *text);
/* The login's record is on disk, or failed. */
void request_login_recorded(struct request *, bool ok);

/* Will have something to send, or to end, when the round is over; */
void request_touch(struct request *);
/* and then this is done with it. */
void request_settle(struct request *);
/* At once, whatever it still waits for: for the end. */
void request_free(struct request *);

/* Our own mistake: logged under the request's id, which ret tells. */
void request_incident(
    const struct request *, const char *what, char ret[MESSAGE_SIZE]);

#define REQUEST_ID_SIZE 48 /* "<boot>-<connection>-<channel>" */
void request_id(const struct request *, char ret[REQUEST_ID_SIZE]);

#endif

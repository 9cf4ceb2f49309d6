/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One channel's request: a command, its lines, their answers.
 *
 *	session                          broker
 *	OPEN      ------------------->
 *	          <-------------------   TEXT*, DONE          (informational)
 *	TAKEN*    ------------------->                        (log since)
 *	          <-------------------   ACCEPT               (sign, check)
 *	LINES*    ------------------->
 *	          <-------------------   ANSWERS*             (in order)
 *	END       ------------------->
 *	          <-------------------   DONE
 *	OPEN      ------------------->
 *	          <-------------------   ACCEPT, TEXT*, DONE  (agent)
 *
 * Channel numbers are the session's, each used once per connection.  At most
 * WIRE_WINDOW lines (with atomic WIRE_ATOMIC_MAX or WIRE_ATOMIC_RECEIPTS) may
 * be unanswered.  CANCEL may come at any time after OPEN and gets no DONE.
 * After DONE the channel is forgotten; a message that crossed it is ignored.
 */
#ifndef CS_WIRE_REQUEST_H
#define CS_WIRE_REQUEST_H

#include "base/reason.h"
#include "base/words.h"
#include "wire/open.h"
#include "wire/type.h"

/* What the session needs to know to read lines and to write answers. */
struct accept_reply {
	uint32_t channel;
	enum output output;
	bool check; /* answers carry no signature: "ok" is written instead */
	bool keep_going;
	bool atomic; /* the broker answers after END */
	bool raw_input; /* stdin is one binary digest */
	bool greet_if_empty; /* END without lines will bring TEXT and DONE */
	bool receipt; /* answers carry one */
	bool whole; /* one text answers all lines; ANSWERS bring nothing */
	bool at_once; /* the first line is the last */
	bool agent; /* TEXT brings its identities; input are its messages */
	enum line_extra extra; /* what each line must have */
	enum hash hash; /* --hash; HASH_NONE: as the line says */
	char key[NAME_SIZE];
	char format[NAME_SIZE];
	char extension[16]; /* for tar: "sig" */
};

struct line {
	enum hash hash;
	size_t digest_len;
	uint8_t digest[DIGEST_MAX];
	char name[LINE_NAME_SIZE]; /* empty: none came */
	size_t extra_len;
	uint8_t extra[LINE_EXTRA_MAX];
};

/* Of WIRE_LINES and WIRE_ANSWERS; so many lines or answers follow. */
struct lines_head {
	uint32_t channel;
	uint16_t count; /* 1 to WIRE_BATCH */
};
struct answers_head {
	uint32_t channel;
	uint16_t count;
};

/* One line's answer.  Bytes and receipt are views into the message. */
struct answer {
	enum reason reason;
	const uint8_t *bytes; /* the finished signature, when reason is OK */
	size_t len;
	const uint8_t *receipt; /* a text, where one was asked for */
	size_t receipt_len;
	char text[MESSAGE_SIZE]; /* for stderr, when it is not */
};

struct text_reply {
	uint32_t channel;
	bool to_stderr;
	const uint8_t *bytes; /* a view */
	size_t len;
};

/* Of the text that came, so much is with its reader: there is room again. */
struct text_taken {
	uint32_t channel;
	uint32_t len;
};

struct done_reply {
	uint32_t channel;
	uint8_t exit;
	uint32_t line; /* of those without an answer, from 1; 0: of none */
	char text[MESSAGE_SIZE]; /* for stderr; may be empty */
};

void accept_reply_put(struct writer *, const struct accept_reply *);
bool accept_reply_get(struct reader *, struct accept_reply *ret);

/* Heads leave the reader at the first item; items check their own fields. */
void lines_head_put(struct writer *, const struct lines_head *);
bool lines_head_get(struct reader *, struct lines_head *ret);
void line_put(struct writer *, const struct line *);
/* The digest must be as long as its hash, or missing beside something else. */
bool line_get(struct reader *, struct line *ret);
void answers_head_put(struct writer *, const struct answers_head *);
bool answers_head_get(struct reader *, struct answers_head *ret);
void answer_put(struct writer *, const struct answer *);
bool answer_get(struct reader *, struct answer *ret);

void text_reply_put(struct writer *, const struct text_reply *);
bool text_reply_get(struct reader *, struct text_reply *ret);
void text_taken_put(struct writer *, const struct text_taken *);
bool text_taken_get(struct reader *, struct text_taken *ret);
void done_reply_put(struct writer *, const struct done_reply *);
bool done_reply_get(struct reader *, struct done_reply *ret);

/* WIRE_END and WIRE_CANCEL carry the channel only. */
void channel_put(struct writer *, enum wire_type, uint32_t channel);
bool channel_get(struct reader *, uint32_t *ret);

#endif

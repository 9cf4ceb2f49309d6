/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One audit record: an RFC 5424 line with structured data, chained to the
 * one before by its hash.
 *
 *	<86>1 TIME HOST countersign PID MSGID [countersign@32473 seq="…" …
 *	prev="…"] text
 *
 * prev is the lower-case hex SHA-256 of the whole line before, without its
 * LF; 64 zeros in the first record.  A record is at most RECORD_MAX bytes.
 * Values are escaped twice: text_escape() for bytes that are not printable
 * UTF-8, then RFC 5424 6.3.3 for '"', '\' and ']'.
 */
#ifndef CS_AUDIT_RECORD_H
#define CS_AUDIT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_MAX 2048
#define RECORD_HASH 65 /* hex and a NUL */

/* Events are DESIGN's MSGIDs; words of later capabilities come with them. */
enum event {
	EVENT_START,
	EVENT_STOP,
	EVENT_RELOAD,
	EVENT_RELOADFAIL,
	EVENT_AUTH,
	EVENT_AUTHFAIL,
	EVENT_SIGN,
	EVENT_DENY,
	EVENT_TOKEN,
	EVENT_COUNT,
};

const char *event_word(enum event);

/* The state of the log after its last record. */
struct chain {
	uint64_t seq; /* of the last record; 0: none yet */
	char prev[RECORD_HASH];
};

void chain_init(struct chain *);

struct record {
	char line[RECORD_MAX + 1]; /* with LF in place of the NUL once done */
	size_t len;
	bool bad; /* something did not fit */
};

/* Who writes: both stay the caller's. */
struct record_origin {
	const char *host;
	unsigned pid;
};

/* seq is the first field: chain->seq + 1. */
void record_begin(struct record *, enum event, const struct record_origin *,
    const struct chain *, uint64_t wall_us);
/* A field; nothing is written for NULL, an empty text is written. */
void record_add(struct record *, const char *name, const char *value);
void record_add_bytes(struct record *, const char *name, const void *, size_t);
void record_add_number(struct record *, const char *name, uint64_t);
/*
 * Adds prev, closes the data, appends text (cut to fit), adds the LF, and moves
 * the chain on.  0, or -1 (chain untouched) when the record does not fit.
 */
int record_finish(struct record *, struct chain *, const char *text);

#endif

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
 * The severity is warning, <84>, where somebody should look: AUTHFAIL, DENY,
 * RELOADFAIL.
 *
 * Values are escaped twice: text_escape() for bytes that are not printable
 * UTF-8, then RFC 5424 6.3.3 for '"', '\' and ']'.  A value that would take
 * more than RECORD_VALUE_MAX bytes in the line is cut at a whole character
 * and ends in a backslash and an ellipsis (in the line: two backslashes,
 *U+2026), which no whole value can contain.  So a record with every field at
 *its worst still fits.
 */
#ifndef CS_AUDIT_RECORD_H
#define CS_AUDIT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/event.h"

#define RECORD_MAX 2048 /* with its LF */
#define RECORD_VALUE_MAX 320
/* Of some values, so that a record with all of them fits. */
#define RECORD_PRINCIPAL_MAX 128
#define RECORD_NAME_MAX 256
#define RECORD_RULE_MAX 160
#define RECORD_PURPOSE_MAX 100
#define RECORD_ENV_MAX 208 /* all of them together, with their names */
#define RECORD_ENV_COUNT 4
#define RECORD_HASH 65 /* hex and a NUL */
#define RECORD_FIRST \
	"0000000000000000000000000000000000000000000000000000000000000000"

/* The state of the log after its last record. */
struct chain {
	uint64_t seq; /* of the last record; 0: none yet */
	char prev[RECORD_HASH];
};

void chain_init(struct chain *);

struct record {
	char line[RECORD_MAX + 1]; /* ends in LF once finished; no NUL */
	size_t len; /* with the LF */
	uint64_t seq;
	bool bad; /* something did not fit */
};

/* Who writes: both stay the caller's. */
struct record_origin {
	const char *host; /* of at most 64 printable bytes, or "-" is written */
	unsigned pid;
};

/* seq is the first field: chain->seq + 1. */
void record_begin(struct record *, enum event, const struct record_origin *,
    const struct chain *, uint64_t wall_us);
/*
 * A field, never one name twice; nothing is written for NULL, an empty text is
 * written.  record_add_bytes is for a value that may hold a NUL.
 */
void record_add(struct record *, const char *name, const char *value);
void record_add_bytes(struct record *, const char *name, const void *, size_t);
/* Cut beyond max bytes in the line (at least 8, at most RECORD_VALUE_MAX). */
void record_add_cut(
    struct record *, const char *name, const char *value, size_t max);
/* The bytes as lower-case hex, for digests (at most 64 bytes). */
void record_add_hex(struct record *, const char *name, const void *, size_t);
void record_add_number(struct record *, const char *name, uint64_t);
/*
 * A text of our own, with nothing to escape, that is never cut: left out when
 * it would not leave room for the record's end.
 */
void record_add_whole(struct record *, const char *name, const char *value);
/*
 * Adds prev, closes the data, appends text (escaped, cut to fit), adds the LF,
 * and moves the chain on.  0, or -1 (chain untouched) when the record does not
 * fit or the chain moved since record_begin.
 */
int record_finish(struct record *, struct chain *, const char *text);

#endif

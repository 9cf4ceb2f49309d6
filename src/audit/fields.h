/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a record says, read back: its header, its fields, its text.
 *
 * Any MSGID is taken (records of later versions must stay readable), and RFC
 * 5424's escapes are undone in values; those of text_escape() stay, so that a
 * value is always printable UTF-8.
 */
#ifndef CS_AUDIT_FIELDS_H
#define CS_AUDIT_FIELDS_H

#include "audit/record.h"
#include "base/text.h"

#define FIELDS_MAX 64

struct field {
	const char *name, *value; /* NUL-terminated, in space */
};

struct fields {
	uint64_t time_us; /* since 1970 */
	bool warning; /* its severity */
	uint64_t seq;
	const char *host, *pid, *event, *text; /* in space; text may be "" */
	size_t count;
	struct field field[FIELDS_MAX]; /* in the record's order, seq first */
	char space[RECORD_MAX + 2 * FIELDS_MAX + 16];
};

/* A line without its LF: 0, or -1 with reterr.  ret must not be moved. */
int fields_read(const char *line, size_t len, struct fields *ret,
    struct text_error *reterr);
/* NULL: it has no such field. */
const char *fields_get(const struct fields *, const char *name);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar of a record, read as strictly as record.c writes it.  Nothing
 * is copied: a slice is where something stands in the line.
 */
#ifndef CS_AUDIT_SCAN_H
#define CS_AUDIT_SCAN_H

#include "audit/fields.h"

struct slice {
	const char *at;
	size_t len;
};

struct record_slices {
	bool warning;
	struct slice time, host, pid, event, text;
	uint64_t seq;
	size_t count;
	struct slice name[FIELDS_MAX]; /* seq first, prev last */
	struct slice value[FIELDS_MAX]; /* with its escapes */
};

/* A line without its LF: 0, or -1 with reterr (ret is then half filled). */
int record_scan(const char *line, size_t len, struct record_slices *ret,
    struct text_error *reterr);
bool slice_is(const struct slice *, const char *text);
/* The value of a field, or NULL. */
const struct slice *record_value(
    const struct record_slices *, const char *name);
/* A value without RFC 5424's backslashes: false when it does not fit. */
bool slice_text(const struct slice *, char *ret, size_t size);

#endif

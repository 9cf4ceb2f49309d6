/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a report says, as tables, for whoever writes them: text, JSON, HTML.
 * So all three say the same.
 */
#ifndef CS_REVIEW_SHEET_H
#define CS_REVIEW_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum kind {
	KIND_TEXT,
	KIND_CODE, /* a text that is not cut where there is little room */
	KIND_NUMBER,
	KIND_TIME, /* microseconds since 1970; 0: none */
	KIND_MINUTE, /* the same; people do not see the seconds */
	KIND_YES, /* 0 or 1 */
};

struct column {
	const char *name, *title; /* for JSON; for people */
	enum kind kind;
};

struct cell {
	char *text;
	uint64_t number;
};

enum shape {
	SHEET_TABLE, /* rows below a head; in JSON a list of objects */
	SHEET_FACTS, /* one row, upright; in JSON one object */
	SHEET_FACTS_EACH, /* several of one id: in JSON a list of them */
};

struct sheet {
	const char *id;
	char *title, *note; /* note: a sentence, or NULL */
	enum shape shape;
	const struct column *columns;
	size_t width; /* columns */
	struct cell *cells; /* row by row */
	size_t count, room;
	int bar; /* the column that text draws as bars, or -1 */
};

#define SHEETS_MAX 4096

struct sheets {
	struct sheet **list;
	size_t count;
	bool bad; /* no memory, or too many */
};

void sheets_release(struct sheets *);
/* title is copied.  NULL: bad; the cell functions then do nothing. */
struct sheet *sheet_add(struct sheets *, const char *id, const char *title,
    enum shape, const struct column *, size_t width);
const struct sheet *sheet_find(const struct sheets *, const char *id);
void sheet_note(struct sheets *, struct sheet *, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The next cell of the row that is being filled. */
void cell_text(struct sheets *, struct sheet *, const char *);
void cell_textf(struct sheets *, struct sheet *, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void cell_number(struct sheets *, struct sheet *, uint64_t);

size_t sheet_rows(const struct sheet *);

struct sheet_style {
	unsigned width; /* columns of the terminal */
	bool utf8;
	size_t top; /* rows of a table; 0: all */
};

void sheets_text(
    const struct sheets *, const struct sheet_style *, struct buf *out);
void sheets_json(const struct sheets *, struct buf *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "review/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "review/shown.h"

#define ROWS_KEPT 256
#define KEPT_MAX (4u << 20)
#define WIDTH_MAX 32 /* nothing wider moves the columns behind it */
#define DIGEST_SHOWN 12

enum cell {
	CELL_TIME,
	CELL_HOST,
	CELL_EVENT,
	CELL_RESULT,
	CELL_PRINCIPAL,
	CELL_KEY,
	CELL_SOURCE,
	CELL_DIGEST,
	CELL_NAME,
	CELL_COUNT,
};

struct table {
	bool colours;
	bool hosts; /* there are several */
	char host[256]; /* the first one */
	size_t rows;
	size_t width[CELL_COUNT];
	/* Each row: its colour, then each cell with a NUL. */
	struct buf kept;
};

enum colour {
	COLOUR_NONE = 'n',
	COLOUR_RED = 'r',
	COLOUR_YELLOW = 'y',
};

struct table *
table_new(bool colours)
{
	struct table *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->colours = colours;
	buf_init(&t->kept, KEPT_MAX);
	return t;
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	buf_release(&t->kept);
	free(t);
}

static const char *
value_of(const struct fields *f, const char *name)
{
	const char *value = fields_get(f, name);

	return value != NULL ? value : "";
}

static char
colour_of(const struct fields *f)
{
	const char *outcome = value_of(f, "outcome");

	if (strcmp(outcome, "refused") == 0 || strcmp(outcome, "failed") == 0)
		return COLOUR_RED;
	return f->warning ? COLOUR_YELLOW : COLOUR_NONE;
}

static void
add_time(struct buf *b, const struct fields *f)
{
	char when[CLOCK_TEXT];

	clock_text(f->time_us, when);
	buf_add(b, when, strcspn(when, "."));
	buf_adds(b, "Z");
}

static void
add_result(struct buf *b, const struct fields *f)
{
	const char *reason = value_of(f, "reason");

	shown_add_cell(b, *reason != '\0' ? reason : value_of(f, "outcome"));
	if (strcmp(value_of(f, "delivered"), "no") == 0)
		buf_adds(b, ",undelivered");
}

/* What is known, or in parentheses what the client said. */
static void
add_known(struct buf *b, const char *known, const char *said)
{
	if (*known == '\0' && *said != '\0') {
		buf_adds(b, "(");
		shown_add_cell(b, said);
		buf_adds(b, ")");
	} else {
		shown_add_cell(b, known);
	}
}

static void
add_digest(struct buf *b, const char *digest)
{
	char text[DIGEST_SHOWN + 1];
	size_t len = strnlen(digest, DIGEST_SHOWN);

	memcpy(text, digest, len);
	text[len] = '\0';
	shown_add_cell(b, text);
}

static void
add_name(struct buf *b, const struct fields *f)
{
	const char *name = value_of(f, "name");

	shown_add(b, *name != '\0' ? name : f->text);
}

static void
add_cell(struct buf *b, enum cell cell, const struct fields *f)
{
	switch (cell) {
	case CELL_TIME:
		add_time(b, f);
		break;
	case CELL_HOST:
		shown_add_cell(b, f->host);
		break;
	case CELL_EVENT:
		shown_add_cell(b, f->event);
		break;
	case CELL_RESULT:
		add_result(b, f);
		break;
	case CELL_PRINCIPAL:
		add_known(b, value_of(f, "principal"), value_of(f, "user"));
		break;
	case CELL_KEY:
		add_known(b, value_of(f, "key"), value_of(f, "asked-key"));
		break;
	case CELL_SOURCE:
		shown_add_cell(b, value_of(f, "src"));
		break;
	case CELL_DIGEST:
		add_digest(b, value_of(f, "digest"));
		break;
	case CELL_NAME:
	case CELL_COUNT:
		add_name(b, f);
		break;
	}
}

static void
see_host(struct table *t, const char *host)
{
	if (t->host[0] == '\0')
		text_copy(t->host, sizeof(t->host), host);
	else if (strcmp(t->host, host) != 0)
		t->hosts = true;
}

void
table_add(struct table *t, const struct fields *f, struct buf *out)
{
	char colour = colour_of(f);

	see_host(t, f->host);
	buf_add(&t->kept, &colour, 1);
	for (int cell = 0; cell < CELL_COUNT; cell++) {
		size_t start = buf_len(&t->kept), width;

		add_cell(&t->kept, (enum cell)cell, f);
		buf_add(&t->kept, "", 1);
		if (t->kept.bad)
			break;
		width = shown_width(buf_at(&t->kept) + start);
		if (width > t->width[cell] && width <= WIDTH_MAX)
			t->width[cell] = width;
	}
	if (t->kept.bad)
		out->bad = true;
	if (++t->rows == ROWS_KEPT)
		table_flush(t, out);
}

static void
pad(struct buf *out, const char *text, size_t width)
{
	static const char blanks[WIDTH_MAX + 1] =
	    "                                ";
	size_t used = shown_width(text);

	if (used < width)
		buf_add(out, blanks, width - used);
}

static const char *
colour_text(char colour)
{
	return colour == COLOUR_RED ? "\033[31m" : "\033[33m";
}

static void
add_row(const struct table *t, const char *row, struct buf *out)
{
	char colour = *row++;

	for (int cell = 0; cell < CELL_COUNT; cell++, row += strlen(row) + 1) {
		bool coloured = t->colours && colour != COLOUR_NONE &&
		    (cell == CELL_EVENT || cell == CELL_RESULT);

		if (cell == CELL_HOST && !t->hosts)
			continue;
		if (coloured)
			buf_adds(out, colour_text(colour));
		buf_adds(out, row);
		if (coloured)
			buf_adds(out, "\033[0m");
		/* No blanks at a line's end. */
		if (cell == CELL_NAME ||
		    (cell == CELL_DIGEST && row[strlen(row) + 1] == '\0'))
			break;
		pad(out, row, t->width[cell]);
		buf_add(out, "  ", 2);
	}
	buf_add(out, "\n", 1);
}

void
table_flush(struct table *t, struct buf *out)
{
	const char *at = buf_at(&t->kept), *end = at + buf_len(&t->kept);

	while (at < end && !t->kept.bad) {
		add_row(t, at, out);
		at++;
		for (int cell = 0; cell < CELL_COUNT; cell++)
			at += strlen(at) + 1;
	}
	buf_consume(&t->kept, buf_len(&t->kept));
	t->rows = 0;
}

static void
add_line(struct buf *out, const char *name, size_t width, const char *value)
{
	buf_adds(out, "    ");
	buf_adds(out, name);
	pad(out, name, width);
	buf_adds(out, "  ");
	shown_add(out, value);
	buf_adds(out, "\n");
}

void
table_block(const struct fields *f, bool colours, struct buf *out)
{
	char when[CLOCK_TEXT], colour = colour_of(f);
	size_t width = strlen("text");

	for (size_t i = 0; i < f->count; i++)
		if (strlen(f->field[i].name) > width)
			width = strlen(f->field[i].name);
	clock_text(f->time_us, when);
	buf_addf(out, "%s  ", when);
	if (colours && colour != COLOUR_NONE)
		buf_adds(out, colour_text(colour));
	shown_add_cell(out, f->event);
	if (colours && colour != COLOUR_NONE)
		buf_adds(out, "\033[0m");
	buf_adds(out, "  ");
	shown_add_cell(out, f->host);
	buf_adds(out, "[");
	shown_add_cell(out, f->pid);
	buf_adds(out, "]\n");
	for (size_t i = 0; i < f->count; i++)
		add_line(out, f->field[i].name, width, f->field[i].value);
	if (f->text[0] != '\0')
		add_line(out, "text", width, f->text);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "review/sheet.h"
#include "review/zone.h"

#define COLUMNS_MAX 24
#define COLUMN_MIN 10 /* nothing is made narrower than this */
#define BAR_MAX 32
#define GAP 2

/* A cell as people read it; what is not text goes to space. */
static const char *
shown(enum kind kind, const struct cell *cell, char space[ZONE_TEXT])
{
	switch (kind) {
	case KIND_TEXT:
	case KIND_CODE:
		return cell->text != NULL && *cell->text != '\0' ? cell->text :
								   "-";
	case KIND_NUMBER:
		snprintf(space, ZONE_TEXT, "%" PRIu64, cell->number);
		return space;
	case KIND_TIME:
	case KIND_MINUTE:
		if (cell->number == 0)
			return "-";
		zone_text(cell->number, space);
		if (kind == KIND_MINUTE)
			space[ZONE_MINUTE] = '\0';
		return space;
	case KIND_YES:
		return cell->number != 0 ? "yes" : "no";
	}
	return "-";
}

/* Characters, which are as wide as columns here. */
static size_t
width_of(const char *text)
{
	size_t width = 0, unit;

	for (size_t len = strlen(text); len > 0; text += unit, len -= unit) {
		unit = utf8_unit(text, len, NULL);
		unit = unit == 0 ? 1 : unit;
		width++;
	}
	return width;
}

/* Up to `width' characters of text; those beyond ASCII only where they show. */
static size_t
add_units(const char *text, size_t width, bool utf8, struct buf *out)
{
	size_t len = strlen(text), unit, done = 0;

	for (; done < width && len > 0; text += unit, len -= unit, done++) {
		unit = utf8_unit(text, len, NULL);
		unit = unit == 0 ? 1 : unit;
		if (unit == 1 || utf8)
			buf_add(out, text, unit);
		else
			buf_add(out, "?", 1);
	}
	return done;
}

static void
add_times(struct buf *out, const char *text, size_t count)
{
	while (count-- > 0)
		buf_adds(out, text);
}

/* What does not fit ends in an ellipsis. */
static void
add_fitted(const char *text, size_t width, bool right,
    const struct sheet_style *style, struct buf *out)
{
	size_t wide = width_of(text);

	if (wide > width) {
		add_units(text, width - 1, style->utf8, out);
		buf_adds(out, style->utf8 ? "…" : "~");
		return;
	}
	if (right)
		add_times(out, " ", width - wide);
	add_units(text, wide, style->utf8, out);
	if (!right)
		add_times(out, " ", width - wide);
}

/* How much of text, up to width, ends a word; all of a word that is longer. */
static size_t
line_of(const char *text, size_t width)
{
	size_t last = 0, at = 0, wide = 0, unit;

	for (; text[at] != '\0' && wide <= width; at += unit, wide++) {
		if (text[at] == ' ')
			last = at;
		unit = utf8_unit(text + at, strlen(text + at), NULL);
		unit = unit == 0 ? 1 : unit;
	}
	if (text[at] == '\0' && wide <= width)
		return at;
	if (last > 0)
		return last;
	for (at = wide = 0; wide < width && text[at] != '\0';
	     at += unit, wide++) {
		unit = utf8_unit(text + at, strlen(text + at), NULL);
		unit = unit == 0 ? 1 : unit;
	}
	return at;
}

/* From column `indent' on, in as many lines as it takes. */
static void
add_wrapped(const char *text, size_t indent, const struct sheet_style *style,
    struct buf *out)
{
	size_t width = style->width > indent + 20 ? style->width - indent : 20;
	char line[4 * 512];

	while (*text != '\0') {
		size_t len = line_of(text, width < 500 ? width : 500);

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		add_units(line, SIZE_MAX, style->utf8, out);
		text += len;
		text += strspn(text, " ");
		if (*text == '\0')
			break;
		buf_add(out, "\n", 1);
		add_times(out, " ", indent);
	}
}

struct layout {
	const struct sheet *sheet;
	const struct sheet_style *style;
	size_t rows;
	size_t width[COLUMNS_MAX];
	uint64_t most; /* of the bar's column */
};

static bool
is_right(enum kind kind)
{
	return kind == KIND_NUMBER;
}

/* The last column has all the room that is left. */
static bool
is_open(const struct layout *l, size_t column)
{
	enum kind kind = l->sheet->columns[column].kind;

	return column + 1 == l->sheet->width && column > 0 &&
	    (kind == KIND_TEXT || kind == KIND_CODE);
}

static void
measure(struct layout *l)
{
	const struct sheet *s = l->sheet;
	char space[ZONE_TEXT];

	for (size_t c = 0; c < s->width; c++)
		l->width[c] = width_of(s->columns[c].title);
	for (size_t i = 0; i < l->rows * s->width; i++) {
		size_t c = i % s->width;
		size_t wide =
		    width_of(shown(s->columns[c].kind, &s->cells[i], space));

		if (wide > l->width[c])
			l->width[c] = wide;
		if (s->bar == (int)c && s->cells[i].number > l->most)
			l->most = s->cells[i].number;
	}
}

static size_t
total(const struct layout *l)
{
	size_t sum = 0;

	for (size_t c = 0; c < l->sheet->width; c++)
		sum += GAP +
		    (is_open(l, c) && l->width[c] > 30 ? 30 : l->width[c]);
	return sum;
}

/* Takes from the widest texts, fingerprints last. */
static void
narrow(struct layout *l)
{
	const enum kind kinds[] = { KIND_TEXT, KIND_CODE };

	for (size_t k = 0; k < 2; k++) {
		while (total(l) > l->style->width) {
			size_t widest = SIZE_MAX;

			for (size_t c = 0; c < l->sheet->width; c++)
				if (l->sheet->columns[c].kind == kinds[k] &&
				    !is_open(l, c) &&
				    l->width[c] > COLUMN_MIN &&
				    (widest == SIZE_MAX ||
					l->width[c] > l->width[widest]))
					widest = c;
			if (widest == SIZE_MAX)
				break;
			l->width[widest]--;
		}
	}
}

static void
add_head(const struct layout *l, struct buf *out)
{
	const struct sheet *s = l->sheet;
	size_t start = buf_len(out);

	for (size_t c = 0; c < s->width; c++) {
		add_times(out, " ", GAP);
		if (is_open(l, c))
			buf_adds(out, s->columns[c].title);
		else
			add_fitted(s->columns[c].title, l->width[c],
			    is_right(s->columns[c].kind), l->style, out);
	}
	while (buf_len(out) > start && out->data[out->end - 1] == ' ')
		out->end--;
	buf_add(out, "\n", 1);
}

static void
add_bar(const struct layout *l, uint64_t number, struct buf *out)
{
	size_t length;

	if (l->most == 0 || number == 0)
		return;
	length = (size_t)(number * BAR_MAX / l->most);
	add_times(out, " ", GAP);
	add_times(out, l->style->utf8 ? "█" : "#", length > 0 ? length : 1);
}

static void
add_row(const struct layout *l, size_t row, struct buf *out)
{
	const struct sheet *s = l->sheet;
	const struct cell *cells = &s->cells[row * s->width];
	char space[ZONE_TEXT];
	size_t indent = 0, start = buf_len(out);

	for (size_t c = 0; c < s->width; c++) {
		const char *text = shown(s->columns[c].kind, &cells[c], space);

		add_times(out, " ", GAP);
		indent += GAP;
		if (is_open(l, c))
			add_wrapped(text, indent, l->style, out);
		else
			add_fitted(text, l->width[c],
			    is_right(s->columns[c].kind), l->style, out);
		indent += l->width[c];
	}
	if (s->bar >= 0)
		add_bar(l, cells[s->bar].number, out);
	while (buf_len(out) > start && out->data[out->end - 1] == ' ')
		out->end--;
	buf_add(out, "\n", 1);
}

static void
add_table(
    const struct sheet *s, const struct sheet_style *style, struct buf *out)
{
	struct layout l = { .sheet = s, .style = style };

	l.rows = sheet_rows(s);
	if (style->top > 0 && l.rows > style->top)
		l.rows = style->top;
	measure(&l);
	narrow(&l);
	if (l.rows > 0)
		add_head(&l, out);
	else if (s->note == NULL)
		buf_adds(out, "  none\n");
	for (size_t i = 0; i < l.rows; i++)
		add_row(&l, i, out);
	if (l.rows < sheet_rows(s))
		buf_addf(out, "  ... and %zu more\n", sheet_rows(s) - l.rows);
}

static void
add_facts(
    const struct sheet *s, const struct sheet_style *style, struct buf *out)
{
	char space[ZONE_TEXT];
	size_t widest = 0, wide;

	if (sheet_rows(s) == 0)
		return;
	for (size_t c = 0; c < s->width; c++)
		if ((wide = width_of(s->columns[c].title)) > widest)
			widest = wide;
	for (size_t c = 0; c < s->width; c++) {
		add_times(out, " ", GAP);
		add_fitted(s->columns[c].title, widest, false, style, out);
		add_times(out, " ", GAP);
		add_wrapped(shown(s->columns[c].kind, &s->cells[c], space),
		    widest + 2 * GAP, style, out);
		buf_add(out, "\n", 1);
	}
}

void
sheets_text(
    const struct sheets *s, const struct sheet_style *style, struct buf *out)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct sheet *sheet = s->list[i];

		if (i > 0)
			buf_add(out, "\n", 1);
		add_units(sheet->title, SIZE_MAX, style->utf8, out);
		buf_add(out, "\n", 1);
		if (sheet->shape == SHEET_TABLE)
			add_table(sheet, style, out);
		else
			add_facts(sheet, style, out);
		if (sheet->note == NULL)
			continue;
		add_times(out, " ", GAP);
		add_wrapped(sheet->note, GAP, style, out);
		buf_add(out, "\n", 1);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "review/sheet.h"

static void
add_time(uint64_t time_us, struct buf *out)
{
	char text[CLOCK_TEXT];

	if (time_us == 0) {
		buf_adds(out, "null");
		return;
	}
	clock_text(time_us, text);
	buf_add_json(out, text, strlen(text));
}

static void
add_value(enum kind kind, const struct cell *cell, struct buf *out)
{
	const char *text = cell->text != NULL ? cell->text : "";

	switch (kind) {
	case KIND_TEXT:
	case KIND_CODE:
		buf_add_json(out, text, strlen(text));
		break;
	case KIND_NUMBER:
		buf_addf(out, "%" PRIu64, cell->number);
		break;
	case KIND_TIME:
	case KIND_MINUTE:
		add_time(cell->number, out);
		break;
	case KIND_YES:
		buf_adds(out, cell->number != 0 ? "true" : "false");
		break;
	}
}

static void
add_row(const struct sheet *sheet, size_t row, struct buf *out)
{
	buf_adds(out, "{");
	for (size_t i = 0; i < sheet->width; i++) {
		const struct column *column = &sheet->columns[i];

		buf_addf(out, "%s\"%s\":", i > 0 ? "," : "", column->name);
		add_value(
		    column->kind, &sheet->cells[row * sheet->width + i], out);
	}
	buf_adds(out, "}");
}

static void
add_table(const struct sheet *sheet, struct buf *out)
{
	buf_adds(out, "[");
	for (size_t i = 0; i < sheet_rows(sheet); i++) {
		buf_adds(out, i > 0 ? ",\n  " : "\n  ");
		add_row(sheet, i, out);
	}
	buf_adds(out, "]");
}

/* Sheets of one id are one list; returns how many there were. */
static size_t
add_each(const struct sheets *s, size_t first, struct buf *out)
{
	size_t i = first;

	buf_adds(out, "[");
	for (; i < s->count && strcmp(s->list[i]->id, s->list[first]->id) == 0;
	     i++) {
		buf_adds(out, i > first ? ",\n  " : "\n  ");
		if (sheet_rows(s->list[i]) > 0)
			add_row(s->list[i], 0, out);
		else
			buf_adds(out, "{}");
	}
	buf_adds(out, "]");
	return i - first;
}

void
sheets_json(const struct sheets *s, struct buf *out)
{
	size_t step;

	buf_adds(out, "{");
	for (size_t i = 0; i < s->count; i += step) {
		const struct sheet *sheet = s->list[i];

		step = 1;
		buf_addf(out, "%s\n \"%s\": ", i > 0 ? "," : "", sheet->id);
		if (sheet->shape == SHEET_TABLE)
			add_table(sheet, out);
		else if (sheet->shape == SHEET_FACTS_EACH)
			step = add_each(s, i, out);
		else if (sheet_rows(sheet) > 0)
			add_row(sheet, 0, out);
		else
			buf_adds(out, "{}");
	}
	buf_adds(out, "\n}\n");
}

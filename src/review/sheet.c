/* SPDX-License-Identifier: Apache-2.0 */
#include "review/sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
sheets_release(struct sheets *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct sheet *sheet = s->list[i];

		for (size_t c = 0; c < sheet->count; c++)
			free(sheet->cells[c].text);
		free(sheet->cells);
		free(sheet->title);
		free(sheet->note);
		free(sheet);
	}
	free(s->list);
	*s = (struct sheets){ 0 };
}

static struct sheet *
failed(struct sheets *s)
{
	s->bad = true;
	return NULL;
}

struct sheet *
sheet_add(struct sheets *s, const char *id, const char *title, enum shape shape,
    const struct column *columns, size_t width)
{
	struct sheet **list, *sheet;

	if (s->count == SHEETS_MAX)
		return failed(s);
	list = reallocarray(s->list, s->count + 1, sizeof(*list));
	if (list == NULL)
		return failed(s);
	s->list = list;
	if ((sheet = calloc(1, sizeof(*sheet))) == NULL)
		return failed(s);
	sheet->id = id;
	sheet->shape = shape;
	sheet->columns = columns;
	sheet->width = width;
	sheet->bar = -1;
	if ((sheet->title = strdup(title)) == NULL) {
		free(sheet);
		return failed(s);
	}
	return s->list[s->count++] = sheet;
}

const struct sheet *
sheet_find(const struct sheets *s, const char *id)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->list[i]->id, id) == 0)
			return s->list[i];
	return NULL;
}

void
sheet_note(struct sheets *s, struct sheet *sheet, const char *fmt, ...)
{
	va_list args;

	if (sheet == NULL)
		return;
	free(sheet->note);
	va_start(args, fmt);
	if (vasprintf(&sheet->note, fmt, args) == -1) {
		sheet->note = NULL;
		s->bad = true;
	}
	va_end(args);
}

static struct cell *
next_cell(struct sheets *s, struct sheet *sheet)
{
	size_t room;
	struct cell *cells;

	if (sheet == NULL)
		return NULL;
	if (sheet->count == sheet->room) {
		room = sheet->room == 0 ? 32 : 2 * sheet->room;
		cells = reallocarray(sheet->cells, room, sizeof(*cells));
		if (cells == NULL) {
			s->bad = true;
			return NULL;
		}
		sheet->cells = cells;
		sheet->room = room;
	}
	sheet->cells[sheet->count] = (struct cell){ 0 };
	return &sheet->cells[sheet->count++];
}

void
cell_text(struct sheets *s, struct sheet *sheet, const char *text)
{
	struct cell *cell = next_cell(s, sheet);

	if (cell != NULL && (cell->text = strdup(text)) == NULL)
		s->bad = true;
}

void
cell_textf(struct sheets *s, struct sheet *sheet, const char *fmt, ...)
{
	struct cell *cell = next_cell(s, sheet);
	va_list args;

	if (cell == NULL)
		return;
	va_start(args, fmt);
	if (vasprintf(&cell->text, fmt, args) == -1) {
		cell->text = NULL;
		s->bad = true;
	}
	va_end(args);
}

void
cell_number(struct sheets *s, struct sheet *sheet, uint64_t number)
{
	struct cell *cell = next_cell(s, sheet);

	if (cell != NULL)
		cell->number = number;
}

size_t
sheet_rows(const struct sheet *sheet)
{
	return sheet->count / sheet->width;
}

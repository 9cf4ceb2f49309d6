/* SPDX-License-Identifier: Apache-2.0 */
#include "review/page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "review/page_parts.h"
#include "review/zone.h"

#define SHORT 15 /* rows that stay on one sheet of paper */
#define REPLACEMENT "\xef\xbf\xbd"

static const char *
entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* Records hold printable UTF-8; who else writes files may not. */
void
page_escape(const char *text, struct buf *out)
{
	size_t len = strlen(text), unit;

	for (; len > 0; text += unit, len -= unit) {
		uint32_t c = 0;

		unit = utf8_unit(text, len, &c);
		if (unit == 0 || !utf8_is_printable(c)) {
			buf_adds(out, REPLACEMENT);
			unit = unit == 0 ? 1 : unit;
		} else if (unit == 1 && entity(*text) != NULL) {
			buf_adds(out, entity(*text));
		} else {
			buf_add(out, text, unit);
		}
	}
}

void
page_cell(enum kind kind, const struct cell *cell, struct buf *out)
{
	char text[ZONE_TEXT];

	switch (kind) {
	case KIND_TEXT:
	case KIND_CODE:
		page_escape(cell->text != NULL && *cell->text != '\0' ?
			cell->text :
			"–",
		    out);
		break;
	case KIND_NUMBER:
		buf_addf(out, "%" PRIu64, cell->number);
		break;
	case KIND_TIME:
	case KIND_MINUTE:
		zone_text(cell->number, text);
		if (kind == KIND_MINUTE)
			text[ZONE_MINUTE] = '\0';
		buf_adds(out, cell->number == 0 ? "–" : text);
		break;
	case KIND_YES:
		buf_adds(out, cell->number != 0 ? "yes" : "no");
		break;
	}
}

static const char *
class_of(enum kind kind, const struct cell *cell)
{
	switch (kind) {
	case KIND_NUMBER:
		return cell->number == 0 ? "n z" : "n";
	case KIND_TIME:
	case KIND_MINUTE:
		return "t";
	case KIND_CODE:
		return "c";
	case KIND_TEXT:
		return "w";
	case KIND_YES:
		return "t";
	}
	return "w";
}

static void
add_head(const struct sheet *s, struct buf *out)
{
	static const struct cell some = { .number = 1 };

	buf_adds(out, "<thead><tr>");
	for (size_t c = 0; c < s->width; c++) {
		buf_addf(out, "<th scope=\"col\" class=\"%s\">",
		    class_of(s->columns[c].kind, &some));
		page_escape(s->columns[c].title, out);
		buf_adds(out, "</th>");
	}
	buf_adds(out, "</tr></thead>\n");
}

/* The first cell names the row, unless it is a time or a number. */
static void
add_row(const struct sheet *s, size_t row, struct buf *out)
{
	const struct cell *cells = &s->cells[row * s->width];

	buf_adds(out, "<tr>");
	for (size_t c = 0; c < s->width; c++) {
		enum kind kind = s->columns[c].kind;
		bool head = c == 0 && (kind == KIND_TEXT || kind == KIND_CODE);

		buf_addf(out,
		    head ? "<th scope=\"row\" class=\"%s\">" :
			   "<td class=\"%s\">",
		    class_of(kind, &cells[c]));
		page_cell(kind, &cells[c], out);
		buf_adds(out, head ? "</th>" : "</td>");
	}
	buf_adds(out, "</tr>\n");
}

void
page_table(const struct sheet *s, size_t top, struct buf *out)
{
	size_t rows = sheet_rows(s);
	size_t shown = top > 0 && rows > top ? top : rows;

	if (rows == 0) {
		if (s->note == NULL)
			buf_adds(out, "<p class=\"note\">None.</p>\n");
		return;
	}
	/* Eyes have the section's title; ears want it here. */
	buf_addf(out, "<div class=\"scroll%s\"><table><caption%s>",
	    shown <= SHORT ? " short" : "",
	    shown < rows ? "" : " class=\"same\"");
	page_escape(s->title, out);
	if (shown < rows)
		buf_addf(out, ": %zu of %zu", shown, rows);
	buf_adds(out, "</caption>\n");
	add_head(s, out);
	buf_adds(out, "<tbody>\n");
	for (size_t i = 0; i < shown; i++)
		add_row(s, i, out);
	buf_adds(out, "</tbody></table></div>\n");
}

void
page_facts(const struct sheet *s, struct buf *out)
{
	if (sheet_rows(s) == 0)
		return;
	buf_adds(out, "<dl>\n");
	for (size_t c = 0; c < s->width; c++) {
		bool code = s->columns[c].kind == KIND_CODE;

		buf_adds(out, "<dt>");
		page_escape(s->columns[c].title, out);
		buf_addf(out, "</dt><dd%s>", code ? " class=\"c\"" : "");
		page_cell(s->columns[c].kind, &s->cells[c], out);
		buf_adds(out, "</dd>\n");
	}
	buf_adds(out, "</dl>\n");
}

void
page_note(const struct sheet *s, struct buf *out)
{
	if (s->note == NULL)
		return;
	buf_adds(out, "<p class=\"note\">");
	page_escape(s->note, out);
	buf_adds(out, "</p>\n");
}

/* id: as the sheet's is, once a page. */
void
page_section(const char *id, const char *title, struct buf *out)
{
	if (id != NULL)
		buf_addf(out, "<section id=\"%s\">", id);
	else
		buf_adds(out, "<section>");
	buf_adds(out, "<h2>");
	page_escape(title, out);
	buf_adds(out, "</h2>\n");
}

static void
add_sheet(const struct sheet *s, size_t top, struct buf *out)
{
	page_section(
	    s->shape == SHEET_FACTS_EACH ? NULL : s->id, s->title, out);
	if (s->shape == SHEET_TABLE)
		page_table(s, top, out);
	else
		page_facts(s, out);
	page_note(s, out);
	buf_adds(out, "</section>\n");
}

static void
add_begin(const struct page *page, struct buf *out)
{
	buf_adds(out,
	    "<!DOCTYPE html>\n"
	    "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n"
	    "<head>\n<meta charset=\"utf-8\"/>\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\"/>\n"
	    "<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>");
	page_escape(page->title, out);
	if (page->report != NULL && page->report->host[0] != '\0') {
		buf_adds(out, ": ");
		page_escape(page->report->host, out);
	}
	/* The style has no "<" and no "&". */
	buf_addf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n",
	    page_style);
}

void
page_write(const struct page *page, const struct sheets *sheets, size_t top,
    struct buf *out)
{
	add_begin(page, out);
	page_header(page, out);
	buf_adds(out, "<main>\n");
	for (size_t i = 0; i < sheets->count; i++) {
		if (page->report != NULL &&
		    page_special(page, sheets, sheets->list[i], out))
			continue;
		add_sheet(sheets->list[i], top, out);
	}
	buf_adds(out, "</main>\n<footer><p>Made by ");
	page_escape(page->maker, out);
	buf_adds(out,
	    ".</p></footer>\n"
	    "</body>\n</html>\n");
}

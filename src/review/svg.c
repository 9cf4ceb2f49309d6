/* SPDX-License-Identifier: Apache-2.0 */
#include "review/svg.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "review/page.h"

#define BARS_MAX 12

static void
begin(struct buf *out, const char *id, unsigned width, unsigned height,
    const char *title, const char *desc)
{
	buf_addf(out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
	    "viewBox=\"0 0 %u %u\" aria-labelledby=\"%s-t %s-d\">"
	    "<title id=\"%s-t\">",
	    width, height, id, id, id);
	page_escape(title, out);
	buf_addf(out, "</title><desc id=\"%s-d\">", id);
	page_escape(desc, out);
	buf_adds(out, "</desc>\n");
}

/* A box that says what it is under the pointer. */
static void
add_box(
    struct buf *out, const char *class, const double at[4], const char *title)
{
	buf_addf(out,
	    "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" "
	    "height=\"%.2f\">",
	    class, at[0], at[1], at[2], at[3]);
	if (title != NULL) {
		buf_adds(out, "<title>");
		page_escape(title, out);
		buf_adds(out, "</title>");
	}
	buf_adds(out, "</rect>\n");
}

static void
add_text(
    struct buf *out, const char *class, double x, double y, const char *text)
{
	buf_addf(out, "<text class=\"%s\" x=\"%.2f\" y=\"%.2f\">", class, x, y);
	page_escape(text, out);
	buf_adds(out, "</text>\n");
}

static void
add_line(struct buf *out, double x, double y, double width)
{
	buf_addf(
	    out, "<path class=\"grid\" d=\"M%.2f %.2fh%.2f\"/>\n", x, y, width);
}

/* A round number that is not less, and that can be halved. */
static uint64_t
round_up(uint64_t number)
{
	static const unsigned steps[] = { 10, 12, 16, 20, 30, 40, 60, 80, 100 };
	uint64_t unit = 1;

	while (unit < UINT64_MAX / 1000 && unit * 100 < number)
		unit *= 10;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (number <= steps[i] * unit)
			return steps[i] * unit;
	return number;
}

/* Cut to so many characters, for labels. */
static void
fit(const char *text, size_t width, char ret[static 160])
{
	size_t len = strlen(text), at = 0, unit;

	for (size_t count = 0; at < len && at < 120; at += unit, count++) {
		unit = utf8_unit(text + at, len - at, NULL);
		unit = unit == 0 ? 1 : unit;
		if (count + 1 == width && at + unit < len) {
			snprintf(ret, 160, "%.*s…", (int)at, text);
			return;
		}
	}
	snprintf(ret, 160, "%.*s", (int)at, text);
}

/* The plot's own frame. */
enum {
	LEFT = 52,
	TOP = 12,
	PLOT_WIDTH = 660,
	PLOT_HEIGHT = 180,
	WIDTH = LEFT + PLOT_WIDTH + 8,
	LEGEND = TOP + PLOT_HEIGHT + 40,
};

static void
add_scale(uint64_t top, struct buf *out)
{
	char text[32];

	for (unsigned i = 0; i <= 2; i++) {
		double y = TOP + PLOT_HEIGHT - PLOT_HEIGHT / 2.0 * i;

		snprintf(text, sizeof(text), "%" PRIu64, top / 2 * i);
		add_line(out, LEFT, y, PLOT_WIDTH);
		add_text(out, "end", LEFT - 6, y + 4, text);
	}
}

static const char *
series_name(const struct bins *b, size_t series)
{
	return b->key[series] != NULL ? b->key[series]->name : "other keys";
}

static void
add_stack(const struct bins *b, size_t bin, uint64_t top, struct buf *out)
{
	double step = (double)PLOT_WIDTH / (double)b->count;
	double at[4] = { LEFT + step * (double)bin + step * 0.08,
		TOP + PLOT_HEIGHT, step * 0.84, 0 };
	char class[32], title[1200], label[32];

	bins_label(b, bin, label);
	for (size_t i = 0; i < b->series; i++) {
		uint64_t n = b->signatures[i][bin];

		if (n == 0)
			continue;
		at[3] = (double)n * PLOT_HEIGHT / (double)top;
		at[1] -= at[3];
		snprintf(class, sizeof(class), "k%zu", i);
		snprintf(title, sizeof(title), "%s: %" PRIu64 " by %.1000s",
		    label, n, series_name(b, i));
		add_box(out, class, at, title);
	}
}

/* Some of the labels, so that none meets another. */
static void
add_labels(const struct bins *b, struct buf *out)
{
	bool years = (uint64_t)b->hours * b->count > 366 * 24;
	size_t every = (b->count + 7) / 8;
	double step = (double)PLOT_WIDTH / (double)b->count;
	char label[32];

	for (size_t i = 0; i < b->count; i += every) {
		bins_label(b, i, label);
		/* Of some months the year goes without saying. */
		label[years ? 7 : 16] = '\0';
		add_text(out, "mid", LEFT + step * ((double)i + 0.5),
		    TOP + PLOT_HEIGHT + 18, years ? label : label + 5);
	}
}

static void
add_legend(const struct bins *b, struct buf *out)
{
	char class[32], name[160];

	for (size_t i = 0; i < b->series; i++) {
		double x = LEFT + (double)(i % 4) * (PLOT_WIDTH / 4.0);
		double y = LEGEND + (double)(i / 4) * 20;

		snprintf(class, sizeof(class), "k%zu", i);
		add_box(out, class, (double[4]){ x, y - 10, 12, 12 }, NULL);
		fit(series_name(b, i), 19, name);
		add_text(out, "key", x + 18, y, name);
	}
}

void
svg_bins(const struct bins *b, struct buf *out)
{
	uint64_t top = round_up(b->most);
	unsigned rows = (unsigned)(b->series + 3) / 4;
	char desc[256];

	snprintf(desc, sizeof(desc),
	    "%zu bars of %u hour%s each; the highest stands for %" PRIu64
	    " signatures.  The table below has the numbers.",
	    b->count, b->hours, b->hours == 1 ? "" : "s", b->most);
	begin(out, "over-time", WIDTH, LEGEND + rows * 20,
	    "Signatures over time, stacked by signing key", desc);
	add_scale(top, out);
	for (size_t i = 0; i < b->count; i++)
		add_stack(b, i, top, out);
	add_labels(b, out);
	add_legend(b, out);
	buf_adds(out, "</svg>\n");
}

enum {
	CELL = 14,
	WEEK_LEFT = 34,
	WEEK_TOP = 18
};

/* 0 for none, 1 to 5 by share of the largest. */
static unsigned
heat_of(uint64_t number, uint64_t most)
{
	return number == 0 ? 0 : 1 + (unsigned)((number - 1) * 5 / most);
}

static void
add_hour(const struct report *r, unsigned day, unsigned hour, uint64_t most,
    struct buf *out)
{
	struct moment m = { .weekday = day, .minute = hour * 60 };
	uint64_t n = r->week[day][hour];
	bool open = hours_open(&r->hours, &m);
	double x = WEEK_LEFT + hour * CELL, y = WEEK_TOP + day * (CELL + 6);
	char class[32], title[96];

	snprintf(class, sizeof(class), "h%u", heat_of(n, most));
	snprintf(title, sizeof(title),
	    "%s %02u:00 to %02u:00: %" PRIu64 " signature%s%s",
	    weekday_words[day], hour, hour + 1, n, n == 1 ? "" : "s",
	    open ? "" : ", out of hours");
	add_box(out, class, (double[4]){ x, y, CELL - 2, CELL + 4 }, title);
	if (!open)
		buf_addf(out,
		    "<circle class=\"out\" cx=\"%.1f\" cy=\"%.1f\" "
		    "r=\"1.6\"/>\n",
		    x + CELL / 2.0 - 1, y + CELL / 2.0 + 2);
}

static void
add_heat_legend(uint64_t most, struct buf *out)
{
	double y = WEEK_TOP + 7 * (CELL + 6) + 8;
	char class[32], text[64];

	for (unsigned i = 0; i <= 5; i++) {
		double x = WEEK_LEFT + i * 16;

		snprintf(class, sizeof(class), "h%u", i);
		add_box(out, class, (double[4]){ x, y, 14, 10 }, NULL);
	}
	snprintf(text, sizeof(text), "0 to %" PRIu64, most);
	add_text(out, "small", WEEK_LEFT + 102, y + 9, text);
	buf_addf(out,
	    "<circle class=\"out\" cx=\"%d\" cy=\"%.1f\" r=\"1.6\"/>\n",
	    WEEK_LEFT + 208, y + 5);
	add_text(out, "small", WEEK_LEFT + 216, y + 9, "out of hours");
}

void
svg_week(const struct report *r, struct buf *out)
{
	uint64_t most = 1;
	char text[8];

	for (unsigned i = 0; i < 7 * 24; i++)
		if (r->week[i / 24][i % 24] > most)
			most = r->week[i / 24][i % 24];
	begin(out, "week", WEEK_LEFT + 24 * CELL + 4,
	    WEEK_TOP + 7 * (CELL + 6) + 26, "Signatures by hour of the week",
	    "A row for each weekday, a box for each hour of the day; the "
	    "darker, the more signatures; a dot marks what is out of hours.");
	for (unsigned hour = 0; hour < 24; hour += 3) {
		snprintf(text, sizeof(text), "%02u", hour);
		add_text(out, "small", WEEK_LEFT + hour * CELL, 12, text);
	}
	for (unsigned day = 0; day < 7; day++) {
		add_text(out, "small", 2, WEEK_TOP + day * (CELL + 6) + 13,
		    weekday_words[day]);
		for (unsigned hour = 0; hour < 24; hour++)
			add_hour(r, day, hour, most, out);
	}
	add_heat_legend(most, out);
	buf_adds(out, "</svg>\n");
}

enum {
	BAR_WIDTH = 372,
	BAR_TOP = 24,
	BAR_STEP = 38,
	BAR_HEIGHT = 12,
	BAR_NUMBER = 64,
};

static uint64_t
number_of(const struct svg_part *part, const struct cell *row)
{
	return row[part->column].number;
}

static uint64_t
sum_of(const struct svg_bars *bars, const struct cell *row)
{
	return number_of(&bars->part[0], row) + number_of(&bars->part[1], row);
}

static void
add_bar(const struct svg_bars *bars, const struct cell *row, double y,
    uint64_t most, struct buf *out)
{
	double unit = (double)(BAR_WIDTH - BAR_NUMBER) / (double)most, x = 0;
	const char *label = row[0].text;
	char name[160], text[64];

	fit(label != NULL ? label : "", 44, name);
	add_text(out, "label", 0, y + 12, name);
	for (size_t i = 0; i < 2; i++) {
		uint64_t n = number_of(&bars->part[i], row);

		snprintf(text, sizeof(text), "%" PRIu64 " %s", n,
		    bars->part[i].name);
		if (n > 0)
			add_box(out, bars->part[i].class,
			    (double[4]){
				x, y + 17, unit * (double)n, BAR_HEIGHT },
			    text);
		x += unit * (double)n;
	}
	snprintf(text, sizeof(text), "%" PRIu64, sum_of(bars, row));
	add_text(out, "value", x + 5, y + 27, text);
}

static void
add_bars_legend(const struct svg_bars *bars, struct buf *out)
{
	for (size_t i = 0; i < 2; i++) {
		double x = (double)i * 90;

		add_box(out, bars->part[i].class, (double[4]){ x, 2, 11, 11 },
		    NULL);
		add_text(out, "small", x + 16, 11, bars->part[i].name);
	}
}

void
svg_bars(const struct svg_bars *bars, const struct sheet *s, struct buf *out)
{
	size_t rows = sheet_rows(s);
	uint64_t most = 1;

	rows = rows > BARS_MAX ? BARS_MAX : rows;
	for (size_t i = 0; i < rows; i++)
		if (sum_of(bars, &s->cells[i * s->width]) > most)
			most = sum_of(bars, &s->cells[i * s->width]);
	begin(out, bars->id, BAR_WIDTH, BAR_TOP + (unsigned)rows * BAR_STEP,
	    bars->title, bars->desc);
	add_bars_legend(bars, out);
	for (size_t i = 0; i < rows; i++)
		add_bar(bars, &s->cells[i * s->width],
		    BAR_TOP + (double)(i * BAR_STEP), most, out);
	buf_adds(out, "</svg>\n");
}

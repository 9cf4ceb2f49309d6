/* SPDX-License-Identifier: Apache-2.0 */
#include "review/page_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "review/svg.h"
#include "review/zone.h"

static void
add_period(const struct report *r, struct buf *out)
{
	uint64_t since = r->period.since_us, until = r->period.until_us;
	char text[ZONE_TEXT];

	if (r->records == 0 && (since == 0 || until == UINT64_MAX)) {
		buf_adds(out, "no records");
		return;
	}
	buf_adds(out, zone_text(since != 0 ? since : r->first_us, text));
	buf_adds(out, " to ");
	buf_adds(
	    out, zone_text(until != UINT64_MAX ? until : r->last_us, text));
	buf_adds(out, ", ");
	page_escape(zone_name(r->last_us, text), out);
}

void
page_header(const struct page *page, struct buf *out)
{
	const struct report *r = page->report;
	char text[ZONE_TEXT];

	buf_adds(out, "<header><h1>");
	page_escape(page->title, out);
	if (r != NULL && r->host[0] != '\0') {
		buf_adds(out, " of ");
		page_escape(r->host, out);
	}
	buf_adds(out, "</h1>\n<p class=\"sub\">");
	if (r != NULL) {
		add_period(r, out);
		if (r->made_us != 0)
			buf_addf(out, "; made %s", zone_text(r->made_us, text));
	}
	buf_adds(out, "</p></header>\n");
}

static const struct cell *
fact(const struct sheet *s, const char *name)
{
	static const struct cell none;

	for (size_t c = 0; c < s->width && c < s->count; c++)
		if (strcmp(s->columns[c].name, name) == 0)
			return &s->cells[c];
	return &none;
}

/* The numbers that one looks for first. */
static void
add_tiles(const struct page *page, const struct sheets *sheets,
    const struct sheet *s, struct buf *out)
{
	static const char *const names[] = { "signed", "distinct", "refused",
		"failed", "outside", "logins", "failed_logins", "records" };

	(void)page;
	(void)sheets;
	buf_adds(out, "<ul class=\"tiles\" id=\"summary\">\n");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *title = "";

		for (size_t c = 0; c < s->width; c++)
			if (strcmp(s->columns[c].name, names[i]) == 0)
				title = s->columns[c].title;
		buf_addf(out, "<li><b>%" PRIu64 "</b> %s</li>\n",
		    fact(s, names[i])->number, title);
	}
	buf_adds(out, "</ul>\n");
	page_note(s, out);
}

static void
add_chain(const struct page *page, const struct sheets *sheets,
    const struct sheet *s, struct buf *out)
{
	const struct report *r = page->report;
	const char *class = r->broken ? " bad" :
	    r->auditor.covered == 0   ? " look" :
					"";

	(void)sheets;
	buf_addf(out,
	    "<section id=\"chain\" class=\"state%s\"%s><b>%s</b>\n<p>", class,
	    r->broken ? " role=\"alert\"" : "",
	    r->read == 0		? "! No records" :
		r->broken		? "✘ Chain BROKEN" :
		r->auditor.covered == 0 ? "! Chain intact, not signed" :
					  "✔ Chain intact");
	if (r->broken)
		page_escape(fact(s, "fault")->text, out);
	else
		buf_addf(out,
		    "%" PRIu64 " records, seq %" PRIu64 " to %" PRIu64, r->read,
		    fact(s, "first")->number, fact(s, "last")->number);
	if (r->auditor.covered != 0)
		buf_addf(out,
		    "; %" PRIu64 " checkpoint%s cover up to seq %" PRIu64
		    ", %" PRIu64 " after that",
		    r->auditor.checkpoints,
		    r->auditor.checkpoints == 1 ? "" : "s", r->auditor.covered,
		    fact(s, "after")->number);
	else if (!r->broken)
		buf_adds(out,
		    "; no checkpoint covers them: whoever could "
		    "write them can have changed any of them");
	buf_adds(out, ".</p>\n");
	if (r->auditor.checkpoints > 0) {
		buf_adds(out, "<p class=\"c\">");
		page_escape(fact(s, "audit_key")->text, out);
		buf_adds(out, "</p>\n");
	}
	page_note(s, out);
	buf_adds(out, "</section>\n");
}

static void
add_findings(const struct page *page, const struct sheets *sheets,
    const struct sheet *s, struct buf *out)
{
	(void)page;
	(void)sheets;
	page_section(s->id, s->title, out);
	buf_adds(out, "<ul class=\"findings\">\n");
	for (size_t i = 0; i < sheet_rows(s); i++) {
		const struct cell *row = &s->cells[i * s->width];

		/* The level and the section are our own words. */
		buf_addf(out,
		    "<li><span class=\"tag %s\">%s</span><a href=\"#%s\">",
		    row[0].text, row[0].text, row[2].text);
		page_escape(row[1].text, out);
		buf_adds(out, "</a></li>\n");
	}
	if (sheet_rows(s) == 0)
		buf_adds(out, "<li>Nothing stands out.</li>\n");
	buf_adds(out, "</ul>\n</section>\n");
}

static void
add_figure(const char *id, const char *title, struct buf *out)
{
	page_section(id, title, out);
	buf_adds(out, "<figure>");
}

static void
end_figure(struct buf *out)
{
	buf_adds(out, "</figure></section>\n");
}

static void
add_bars(const struct sheets *sheets, const char *sheet,
    const struct svg_bars *bars, struct buf *out)
{
	const struct sheet *s = sheet_find(sheets, sheet);

	add_figure(NULL, bars->title, out);
	if (s != NULL && sheet_rows(s) > 0)
		svg_bars(bars, s, out);
	else
		buf_adds(out, "<p class=\"note\">None.</p>\n");
	end_figure(out);
}

static void
add_plots(const struct report *r, const struct sheets *sheets, struct buf *out)
{
	static const struct svg_bars principals = { "top-principals",
		"Top principals",
		"A bar for each principal.  The table By principal has the "
		"numbers.",
		{ { "signed", "k0", 1 }, { "refused", "k1", 3 } } };
	static const struct svg_bars sources = { "top-sources", "Top sources",
		"A bar for each source address.  The table By source has the "
		"numbers.",
		{ { "signed", "k0", 1 }, { "refused", "k1", 3 } } };
	static const struct svg_bars reasons = { "by-reason",
		"Refusals by reason",
		"A bar for each reason.  The table Refusals and failures by "
		"reason has the numbers.",
		{ { "refused", "k1", 1 }, { "failed", "k3", 2 } } };

	buf_adds(out, "<div class=\"pair\">\n");
	add_figure(NULL, "Hour of the week", out);
	svg_week(r, out);
	end_figure(out);
	add_bars(sheets, "refusals", &reasons, out);
	buf_adds(out, "</div>\n<div class=\"pair\">\n");
	add_bars(sheets, "principals", &principals, out);
	add_bars(sheets, "sources", &sources, out);
	buf_adds(out, "</div>\n");
}

static void
add_time(const struct page *page, const struct sheets *sheets,
    const struct sheet *s, struct buf *out)
{
	struct bins *b;

	if (page->report->records == 0)
		return;
	if ((b = calloc(1, sizeof(*b))) == NULL ||
	    bins_fill(page->report, b) == -1) {
		out->bad = true;
		free(b);
		return;
	}
	page_section(s->id, s->title, out);
	buf_adds(out, "<figure class=\"scroll wide\">");
	svg_bins(b, out);
	buf_adds(out, "</figure>\n<details><summary>The numbers</summary>\n");
	page_table(s, 0, out);
	buf_adds(out, "</details></section>\n");
	free(b);
	add_plots(page->report, sheets, out);
}

bool
page_special(const struct page *page, const struct sheets *sheets,
    const struct sheet *s, struct buf *out)
{
	static const struct {
		const char *id;
		void (*add)(const struct page *, const struct sheets *,
		    const struct sheet *, struct buf *);
	} specials[] = {
		{ "summary", add_tiles },
		{ "chain", add_chain },
		{ "findings", add_findings },
		{ "over_time", add_time },
	};

	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
		if (strcmp(specials[i].id, s->id) != 0)
			continue;
		specials[i].add(page, sheets, s, out);
		return true;
	}
	return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * who_text and who_json, declared in review/who.h.
 */
#include "review/who.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "review/json.h"
#include "review/shown.h"

#define NAME_WIDTH 12

static void
add_field(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "    %-*s  ", NAME_WIDTH, name);
	shown_add(out, value);
	buf_adds(out, "\n");
}

static void
add_fields(struct buf *out, const struct fields *f)
{
	static const char *const told[] = { "principal", "profile", "fp",
		"second-fp", "src", "key", "asked-key", "keyfp", "format",
		"asked-format", "mech", "hash", "digest", "name", "sig",
		"outcome", "reason", "rule", "purpose", "delivered", "id" };

	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		const char *value = fields_get(f, told[i]);

		if (value != NULL)
			add_field(out, told[i], value);
	}
	/* What the client claims. */
	for (size_t i = 0; i < f->count; i++)
		if (strncmp(f->field[i].name, "env.", 4) == 0)
			add_field(out, f->field[i].name, f->field[i].value);
}

static void
add_record(struct buf *out, const struct who_record *r, const struct fields *f)
{
	char when[CLOCK_TEXT];

	clock_text(f->time_us, when);
	buf_addf(out, "%s  ", when);
	shown_add_cell(out, f->event);
	buf_adds(out, "\n");
	add_fields(out, f);
	buf_addf(
	    out, "    %-*s  %" PRIu64 " of ", NAME_WIDTH, "record", r->seq);
	shown_add_cell(out, f->host);
	if (r->checkpoint != 0)
		buf_addf(out, ", covered by the checkpoint in record %" PRIu64,
		    r->checkpoint);
	else
		buf_adds(out, ", no checkpoint that was read covers it");
	buf_adds(out, "\n\n");
}

static void
add_count(struct buf *out, const char *what, uint64_t total)
{
	if (total == 1)
		buf_addf(out, "%s once:\n\n", what);
	else
		buf_addf(out, "%s %" PRIu64 " times:\n\n", what, total);
}

static void
add_list(
    struct buf *out, const struct who *w, enum who_list which, const char *what)
{
	uint64_t total = who_total(w, which);
	const struct who_record *r;
	struct text_error ignored;
	struct fields fields;

	if (total == 0)
		return;
	add_count(out, what, total);
	for (size_t i = 0; (r = who_get(w, which, i)) != NULL; i++)
		if (fields_read(r->line, r->len, &fields, &ignored) == 0)
			add_record(out, r, &fields);
	if (total > WHO_KEPT)
		buf_addf(out, "and %" PRIu64 " more: log show --digest\n\n",
		    total - WHO_KEPT);
}

void
who_text(const struct who *w, struct buf *out)
{
	add_list(out, w, WHO_SIGNED, "Signed");
	add_list(out, w, WHO_OTHERS, "Refused or failed");
}

static void
json_list(struct buf *out, const struct who *w, enum who_list which)
{
	const struct who_record *r;
	struct text_error ignored;
	struct fields fields;

	for (size_t i = 0; (r = who_get(w, which, i)) != NULL; i++)
		if (fields_read(r->line, r->len, &fields, &ignored) == 0)
			json_record_covered(
			    &fields, r->line, r->len, r->checkpoint, out);
}

void
who_json(const struct who *w, struct buf *out)
{
	json_list(out, w, WHO_SIGNED);
	json_list(out, w, WHO_OTHERS);
}

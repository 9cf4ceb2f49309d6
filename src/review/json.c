/* SPDX-License-Identifier: Apache-2.0 */
#include "review/json.h"

#include <string.h>

#include "base/clock.h"
#include "base/words.h"

enum kind {
	KIND_TEXT,
	KIND_NUMBER,
	KIND_DURATION, /* microseconds, told in nanoseconds */
	KIND_OUTCOME,
	KIND_DIGEST,
	KIND_SKIP, /* told from the header */
};

/* Those that are not simply "countersign.FIELD" with a text. */
static const struct row {
	const char *field;
	const char *json; /* NULL: countersign.FIELD */
	enum kind kind;
} rows[] = {
	{ "seq", NULL, KIND_SKIP },
	{ "id", "event.id", KIND_TEXT },
	{ "reason", "event.reason", KIND_TEXT },
	{ "us", "event.duration", KIND_DURATION },
	{ "outcome", NULL, KIND_OUTCOME },
	{ "principal", "user.name", KIND_TEXT },
	{ "src", "source.ip", KIND_TEXT },
	{ "port", "source.port", KIND_NUMBER },
	{ "name", "file.name", KIND_TEXT },
	{ "rule", "rule.name", KIND_TEXT },
	{ "digest", NULL, KIND_DIGEST },
	{ "line", NULL, KIND_NUMBER },
	{ "conn", NULL, KIND_NUMBER },
	{ "size", NULL, KIND_NUMBER },
	{ "errors", NULL, KIND_NUMBER },
	{ "signatures", NULL, KIND_NUMBER },
	{ "worker", NULL, KIND_NUMBER },
	{ "bits", NULL, KIND_NUMBER },
	{ "pid", NULL, KIND_NUMBER },
	{ "changes", NULL, KIND_NUMBER },
	{ "free", NULL, KIND_NUMBER },
	{ "threshold", NULL, KIND_NUMBER },
	{ "repaired", NULL, KIND_NUMBER },
	{ "rehashed", NULL, KIND_NUMBER },
	{ "lost", NULL, KIND_NUMBER },
	{ "refused", NULL, KIND_NUMBER },
};

static const struct row *
row_find(const char *field)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].field[0] == field[0] &&
		    strcmp(rows[i].field, field) == 0)
			return &rows[i];
	return NULL;
}

/* Readers of JSON stop at numbers above this one, so those are texts. */
#define NUMBER_MAX INT64_MAX

static void
add_number(struct buf *out, uint64_t number)
{
	char digits[22];
	size_t at = sizeof(digits);
	bool quoted = number > NUMBER_MAX;

	if (quoted)
		digits[--at] = '"';
	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) != 0);
	if (quoted)
		digits[--at] = '"';
	buf_add(out, digits + at, sizeof(digits) - at);
}

/* ,"NAME": where the name is ours or a field's, which needs no escapes. */
static void
add_name(struct buf *out, const char *prefix, const char *name)
{
	buf_add(out, ",\"", 2);
	buf_adds(out, prefix);
	buf_adds(out, name);
	buf_add(out, "\":", 2);
}

static void
add_text(struct buf *out, const char *name, const char *value)
{
	add_name(out, "", name);
	buf_add_json(out, value, strlen(value));
}

static void
add_own(struct buf *out, const struct field *f)
{
	add_name(out, "countersign.", f->name);
	buf_add_json(out, f->value, strlen(f->value));
}

static void
add_row_name(struct buf *out, const struct row *row)
{
	if (row->json != NULL)
		add_name(out, "", row->json);
	else
		add_name(out, "countersign.", row->field);
}

/* What does not fit its kind is told as the text it is. */
static void
add_quantity(struct buf *out, const struct row *row, const char *value)
{
	uint64_t scale = row->kind == KIND_DURATION ? 1000 : 1, number;

	add_row_name(out, row);
	if (text_number(value, NUMBER_MAX / scale, &number) == 0)
		add_number(out, number * scale);
	else
		buf_add_json(out, value, strlen(value));
}

static void
add_outcome(struct buf *out, const struct field *f)
{
	const char *outcome = "unknown";

	if (strcmp(f->value, "ok") == 0)
		outcome = "success";
	else if (strcmp(f->value, "refused") == 0 ||
	    strcmp(f->value, "failed") == 0)
		outcome = "failure";
	add_text(out, "event.outcome", outcome);
	add_own(out, f);
}

static void
add_digest(struct buf *out, const struct fields *fields, const struct field *f)
{
	const char *hash = fields_get(fields, "hash");

	/* The word becomes a part of a name: only one that we know. */
	if (hash != NULL && hash_by_word(hash) != HASH_NONE) {
		add_name(out, "file.hash.", hash);
		buf_add_json(out, f->value, strlen(f->value));
	}
	add_own(out, f);
}

static void
add_field(struct buf *out, const struct fields *fields, const struct field *f)
{
	const struct row *row = row_find(f->name);

	switch (row != NULL ? row->kind : KIND_TEXT) {
	case KIND_TEXT:
		if (row != NULL)
			add_text(out, row->json, f->value);
		else
			add_own(out, f);
		break;
	case KIND_NUMBER:
	case KIND_DURATION:
		add_quantity(out, row, f->value);
		break;
	case KIND_OUTCOME:
		add_outcome(out, f);
		break;
	case KIND_DIGEST:
		add_digest(out, fields, f);
		break;
	case KIND_SKIP:
		break;
	}
}

static void
add_header(struct buf *out, const struct fields *f)
{
	char when[CLOCK_TEXT];
	uint64_t pid;

	clock_text(f->time_us, when);
	buf_adds(out, "{\"@timestamp\":\"");
	buf_adds(out, when);
	buf_add(out, "\"", 1);
	add_text(out, "event.action", f->event);
	add_name(out, "", "event.sequence");
	add_number(out, f->seq);
	add_text(out, "log.level", f->warning ? "warning" : "info");
	add_text(out, "host.name", f->host);
	if (text_number(f->pid, UINT32_MAX, &pid) == 0) {
		add_name(out, "", "process.pid");
		add_number(out, pid);
	}
}

void
json_record_covered(const struct fields *fields, const char *record, size_t len,
    uint64_t checkpoint, struct buf *out)
{
	add_header(out, fields);
	for (size_t i = 0; i < fields->count; i++)
		add_field(out, fields, &fields->field[i]);
	if (checkpoint != 0) {
		add_name(out, "countersign.", "checkpoint");
		add_number(out, checkpoint);
	}
	if (fields->text[0] != '\0')
		add_text(out, "message", fields->text);
	add_name(out, "", "event.original");
	buf_add_json(out, record, len);
	buf_add(out, "}\n", 2);
}

void
json_record(const struct fields *fields, const char *record, size_t len,
    struct buf *out)
{
	json_record_covered(fields, record, len, 0, out);
}

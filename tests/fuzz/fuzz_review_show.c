/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of records, shown in every way: whatever they say, nothing but
 * printable text and our own line ends may come out, and JSON must be JSON.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "review/filter.h"
#include "review/json.h"
#include "review/table.h"
#include "review/who.h"

#define DIGEST \
	"8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct table *table;
static struct who *who;
static struct filter *filter;

static void
begin(void)
{
	struct text_error err;

	table = table_new(false);
	who = who_new();
	filter = filter_new(0);
	if (table == NULL || who == NULL || filter == NULL ||
	    who_ask(who, DIGEST, &err) == -1 ||
	    filter_add(filter, "key", "release", &err) == -1 ||
	    filter_add(filter, "name", "*a?", &err) == -1 ||
	    filter_add(filter, "source", "10.0.0.0/8", &err) == -1 ||
	    filter_add(filter, "since", "2026-01-01", &err) == -1)
		abort();
}

static void
end(void)
{
	table_free(table);
	who_free(who);
	filter_free(filter);
}

/* Takes what there is of it. */
static void
must_be_visible(struct buf *out)
{
	const char *at = buf_at(out);
	size_t left = buf_len(out), unit;
	uint32_t c = 0;

	for (; left > 0; at += unit, left -= unit) {
		unit = utf8_unit(at, left, &c);
		if (unit == 0 || (!utf8_is_printable(c) && c != '\n'))
			abort();
	}
	buf_consume(out, buf_len(out));
}

static void
one_line(const char *line, size_t len, struct buf *out)
{
	struct fields fields;
	struct text_error err;
	json_t *root;

	(void)who_take(who, line, len, &err);
	if (fields_read(line, len, &fields, &err) == -1)
		return;
	if (filter_match(filter, &fields) &&
	    !filter_may_match(filter, line, len))
		abort();
	json_record(&fields, line, len, out);
	root =
	    json_loadb(buf_at(out), buf_len(out), JSON_REJECT_DUPLICATES, NULL);
	if (root == NULL)
		abort();
	json_decref(root);
	must_be_visible(out);
	table_block(&fields, false, out);
	table_add(table, &fields, out);
	must_be_visible(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *at = (const char *)data, *stop = at + len, *lf;
	struct buf out;

	begin();
	buf_init(&out, 64 << 20);
	for (; at < stop; at = lf + 1) {
		lf = memchr(at, '\n', (size_t)(stop - at));
		if (lf == NULL)
			lf = stop;
		one_line(at, (size_t)(lf - at), &out);
	}
	table_flush(table, &out);
	who_text(who, &out);
	who_json(who, &out);
	must_be_visible(&out);
	buf_release(&out);
	end();
	return 0;
}

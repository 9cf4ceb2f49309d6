/* SPDX-License-Identifier: Apache-2.0 */
#include "review/store_place.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "audit/verify.h"
#include "review/store_odd.h"

#define ODD_MAX 10000 /* files of a run; more are only counted */

void
store_tell(const struct store *s, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	s->options.tell(s->options.tell_arg, text);
}

enum store_status
store_odd(struct store *s, const char *fmt, ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	store_tell(s, "%s", text);
	s->counts.odd++;
	return STORE_ODD;
}

/* The log's own order says that it was another one that came before. */
static void
check_link(
    const struct store *s, const struct host *h, const struct incoming *in)
{
	const char *prev = fields_get(&in->fields, "prev");

	if (!h->apart && (prev == NULL || strcmp(prev, h->last.prev) != 0))
		store_tell(s,
		    "%s: seq %" PRIu64 ": prev is not the hash of seq %" PRIu64
		    ": the log was changed between them",
		    h->host, in->fields.seq, h->last.seq);
}

static enum store_status
add(struct store *s, struct host *h, const struct incoming *in)
{
	char hash[RECORD_HASH];

	if (record_hash(in->record, in->len, hash) == -1) {
		errno = ENOMEM;
		return STORE_FULL;
	}
	if (days_add(&h->days, &in->fields, in->record, in->len, h->apart) ==
	    -1)
		return STORE_FULL;
	check_link(s, h, in);
	h->apart = false;
	h->last.seq = in->fields.seq;
	memcpy(h->last.prev, hash, sizeof(hash));
	h->gap_us = in->mono_us;
	s->counts.added++;
	return STORE_ADDED;
}

static enum store_status
keep_odd(struct store *s, const struct host *h, const struct incoming *in,
    const char *kind, const char *what)
{
	int rv;

	if (s->odd_files >= ODD_MAX)
		return store_odd(s,
		    "%s: seq %" PRIu64 ": %s, not kept: there are "
		    "too many",
		    h->host, in->fields.seq, what);
	rv = odd_keep(
	    s->root, kind, h->days.name, &in->fields, in->record, in->len);
	if (rv == -1)
		return STORE_FULL;
	if (rv == 0) {
		s->counts.repeated++;
		return STORE_REPEAT;
	}
	s->odd_files++;
	return store_odd(s, "%s: seq %" PRIu64 ": %s; kept in %s/%s", h->host,
	    in->fields.seq, what, kind, h->days.name);
}

/* Two that differ: both are kept, the log stays as it is. */
static enum store_status
fork_found(struct store *s, const struct host *h, const struct incoming *in,
    const char *stored, size_t len)
{
	struct incoming first = { .record = stored, .len = len };
	struct text_error err;

	if (fields_read(stored, len, &first.fields, &err) == 0 &&
	    s->odd_files < ODD_MAX &&
	    odd_keep(s->root, "conflicts", h->days.name, &first.fields, stored,
		len) == -1)
		return STORE_FULL;
	return keep_odd(s, h, in, "conflicts",
	    "FORK: another record with this seq was stored before");
}

static enum store_status
is_known(struct store *s, struct host *h, const struct incoming *in)
{
	char stored[INPUT_LINE_MAX];
	struct text_error err;
	int len = days_find(&h->days, in->fields.seq, stored, &err);

	if (len == -1)
		return store_odd(s,
		    "%s: seq %" PRIu64 " cannot be compared: %s", h->host,
		    in->fields.seq, err.what);
	if (len == 0 && in->fields.seq < h->days.list[0].first)
		return store_odd(s,
		    "%s: seq %" PRIu64 " is older than all that is "
		    "here",
		    h->host, in->fields.seq);
	if (len == 0)
		return keep_odd(s, h, in, "late", "its gap had been given up");
	if ((size_t)len != in->len || memcmp(stored, in->record, in->len) != 0)
		return fork_found(s, h, in, stored, (size_t)len);
	s->counts.repeated++;
	return STORE_REPEAT;
}

static enum store_status
hold(struct store *s, struct host *h, const struct incoming *in)
{
	uint64_t seq = in->fields.seq;

	if (h->held.count == 0)
		h->gap_us = in->mono_us;
	if (h->held.count == HELD_MAX && s->options.can_ask)
		return store_odd(s,
		    "%s: seq %" PRIu64 ": too many wait for seq %" PRIu64
		    "; it will be asked for",
		    h->host, seq, h->last.seq + 1);
	if (held_add(&h->held, seq, in->record, in->len) == -1)
		return STORE_FULL;
	s->counts.held++;
	return STORE_HELD;
}

enum store_status
place_record(struct store *s, struct host *h, const struct incoming *in)
{
	if (in->fields.seq <= h->last.seq)
		return is_known(s, h, in);
	if (in->fields.seq == h->last.seq + 1 || h->apart)
		return add(s, h, in);
	return hold(s, h, in);
}

int
place_held(struct store *s, struct host *h, uint64_t mono_us)
{
	struct incoming in = { .mono_us = mono_us };
	char record[RECORD_MAX];
	struct text_error err;
	int len;

	while (h->held.count > 0 &&
	    (held_first(&h->held) <= h->last.seq + 1 || h->apart)) {
		if ((len = held_peek(&h->held, record)) == -1)
			return -1;
		in.record = record;
		in.len = (size_t)len;
		if (fields_read(record, in.len, &in.fields, &err) == -1)
			store_odd(s, "%s: held: %s", h->host, err.what);
		else if (place_record(s, h, &in) == STORE_FULL)
			return -1;
		held_drop(&h->held);
	}
	return 0;
}

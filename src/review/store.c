/* SPDX-License-Identifier: Apache-2.0 */
#include "review/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/verify.h"
#include "review/store_days.h"
#include "review/store_held.h"
#include "review/store_odd.h"
#include "review/unwrap.h"

#define SECOND_US UINT64_C(1000000)
#define HOST_MAX 64
#define ODD_MAX 10000 /* files of a run; more are only counted */

struct host {
	char host[HOST_MAX + 1];
	struct days days;
	struct held held;
	struct chain last;
	bool apart; /* what is between last and the next never came */
	uint64_t gap_us; /* when last did not move although more came */
};

struct store {
	struct store_options options;
	int root;
	struct host *hosts[STORE_HOSTS];
	size_t host_count;
	struct store_counts counts;
	unsigned odd_files;
};

struct incoming {
	struct fields fields;
	const char *record;
	size_t len;
	uint64_t mono_us;
};

static void __attribute__((format(printf, 2, 3)))
tell(const struct store *s, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	s->options.tell(s->options.tell_arg, text);
}

static enum store_status __attribute__((format(printf, 2, 3)))
odd(struct store *s, const char *fmt, ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	tell(s, "%s", text);
	s->counts.odd++;
	return STORE_ODD;
}

static void
host_free(struct host *h)
{
	if (h == NULL)
		return;
	days_release(&h->days);
	held_release(&h->held);
	free(h);
}

static int
open_held(struct host *h, int root, const char *name, struct text_error *reterr)
{
	char path[DAYS_NAME + 8];

	snprintf(path, sizeof(path), "held/%s", name);
	if ((mkdirat(root, "held", 0750) == -1 && errno != EEXIST) ||
	    held_open(&h->held, root, path) == -1)
		return text_fail(reterr, 0, "%s: %s", path,
		    errno == EWOULDBLOCK ? "another process stores there" :
					   strerror(errno));
	return 0;
}

/*
 * The lock is taken before anything is looked at.  errno is 0 for what waiting
 * would not change.
 */
static struct host *
host_open(struct store *s, const char *host, struct text_error *reterr)
{
	struct host *h = calloc(1, sizeof(*h));
	char name[DAYS_NAME];

	if (h == NULL || !text_copy(h->host, sizeof(h->host), host) ||
	    days_name(host, name) == -1) {
		text_fail(reterr, 0, "'%.80s' cannot be a host", host);
		free(h);
		errno = 0;
		return NULL;
	}
	h->days.fd = h->days.look.fd = -1;
	if (open_held(h, s->root, name, reterr) == 0 &&
	    days_open(&h->days, s->root, name, &h->last, reterr) == 0)
		return s->hosts[s->host_count++] = h;
	host_free(h);
	errno = EAGAIN;
	return NULL;
}

static bool
is_wanted(const struct store *s, const char *host)
{
	for (size_t i = 0; i < s->options.host_count; i++)
		if (strcmp(s->options.hosts[i], host) == 0)
			return true;
	return s->options.host_count == 0 && s->host_count < STORE_HOSTS;
}

static struct host *
host_of(struct store *s, const char *host, struct text_error *reterr)
{
	for (size_t i = 0; i < s->host_count; i++)
		if (strcmp(s->hosts[i]->host, host) == 0)
			return s->hosts[i];
	if (is_wanted(s, host))
		return host_open(s, host, reterr);
	text_fail(
	    reterr, 0, "a record of the host %.64s, which is not wanted", host);
	errno = 0;
	return NULL;
}

struct store *
store_new(const char *dir, const struct store_options *options,
    struct text_error *reterr)
{
	struct store *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		text_fail(reterr, 0, "no memory");
		return NULL;
	}
	text_copy(reterr->file, sizeof(reterr->file), dir);
	s->options = *options;
	s->root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->root == -1) {
		text_fail(reterr, 0, "%s", strerror(errno));
		goto fail;
	}
	for (size_t i = 0; i < options->host_count; i++)
		if (host_of(s, options->hosts[i], reterr) == NULL)
			goto fail;
	return s;
fail:
	store_free(s);
	return NULL;
}

void
store_free(struct store *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->host_count; i++)
		host_free(s->hosts[i]);
	if (s->root != -1)
		close(s->root);
	free(s);
}

/* The log's own order says that it was another one that came before. */
static void
check_link(
    const struct store *s, const struct host *h, const struct incoming *in)
{
	const char *prev = fields_get(&in->fields, "prev");

	if (!h->apart && (prev == NULL || strcmp(prev, h->last.prev) != 0))
		tell(s,
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
		return odd(s,
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
	return odd(s, "%s: seq %" PRIu64 ": %s; kept in %s/%s", h->host,
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
		return odd(s, "%s: seq %" PRIu64 " cannot be compared: %s",
		    h->host, in->fields.seq, err.what);
	if (len == 0 && in->fields.seq < h->days.list[0].first)
		return odd(s,
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
		return odd(s,
		    "%s: seq %" PRIu64 ": too many wait for seq %" PRIu64
		    "; it will be asked for",
		    h->host, seq, h->last.seq + 1);
	if (held_add(&h->held, seq, in->record, in->len) == -1)
		return STORE_FULL;
	s->counts.held++;
	return STORE_HELD;
}

static enum store_status
place(struct store *s, struct host *h, const struct incoming *in)
{
	if (in->fields.seq <= h->last.seq)
		return is_known(s, h, in);
	if (in->fields.seq == h->last.seq + 1 || h->apart)
		return add(s, h, in);
	return hold(s, h, in);
}

/* What was held and is due now: 0, or -1 with errno. */
static int
drain(struct store *s, struct host *h, uint64_t mono_us)
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
			odd(s, "%s: held: %s", h->host, err.what);
		else if (place(s, h, &in) == STORE_FULL)
			return -1;
		held_drop(&h->held);
	}
	return 0;
}

static void
give_up(struct store *s, struct host *h)
{
	tell(s, "%s: seq %" PRIu64 " to %" PRIu64 " never came: given up",
	    h->host, h->last.seq + 1, held_first(&h->held) - 1);
	h->apart = true;
}

enum store_status
store_line(struct store *s, const char *line, size_t len, uint64_t mono_us)
{
	struct incoming in = { .mono_us = mono_us };
	enum store_status status;
	struct unwrapped u;
	struct text_error err;
	struct host *h;

	if (unwrap(line, len, &u, &err) == -1 ||
	    fields_read(u.record, u.len, &in.fields, &err) == -1)
		return odd(s, "%s", err.what);
	if ((h = host_of(s, in.fields.host, &err)) == NULL) {
		if (errno == 0)
			return odd(s, "%s", err.what);
		/* Its records must not be lost for it. */
		tell(s, "%s: %s", err.file, err.what);
		return STORE_FULL;
	}
	in.record = u.record;
	in.len = u.len;
	/* Too many wait and nobody can be asked. */
	if (h->held.count == HELD_MAX && !s->options.can_ask)
		give_up(s, h);
	if (drain(s, h, mono_us) == -1)
		return STORE_FULL;
	status = place(s, h, &in);
	/* What cannot be drained now is tried again by the next call. */
	if (status == STORE_ADDED)
		(void)!drain(s, h, mono_us);
	return status;
}

int
store_sync(struct store *s)
{
	for (size_t i = 0; i < s->host_count; i++)
		if (days_sync(&s->hosts[i]->days) == -1 ||
		    held_sync(&s->hosts[i]->held) == -1)
			return -1;
	return 0;
}

int
store_tick(struct store *s, uint64_t mono_us)
{
	uint64_t limit = s->options.give_up_s * SECOND_US;

	for (size_t i = 0; i < s->host_count; i++) {
		struct host *h = s->hosts[i];

		if (s->options.has_give_up && h->held.count > 0 &&
		    mono_us >= h->gap_us + limit)
			give_up(s, h);
		if (drain(s, h, mono_us) == -1)
			return -1;
	}
	return 0;
}

uint64_t
store_due(const struct store *s)
{
	return s->host_count > 0 ? s->hosts[0]->last.seq + 1 : 1;
}

bool
store_gap(const struct store *s, uint64_t *ret_mono_us)
{
	for (size_t i = 0; i < s->host_count; i++)
		if (s->hosts[i]->held.count > 0) {
			*ret_mono_us = s->hosts[i]->gap_us;
			return true;
		}
	return false;
}

const struct store_counts *
store_counts(const struct store *s)
{
	return &s->counts;
}

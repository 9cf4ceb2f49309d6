/* SPDX-License-Identifier: Apache-2.0 */
#include "review/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "review/store_place.h"
#include "review/unwrap.h"

#define SECOND_US UINT64_C(1000000)

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

static void
give_up(struct store *s, struct host *h)
{
	store_tell(s, "%s: seq %" PRIu64 " to %" PRIu64 " never came: given up",
	    h->host, h->last.seq + 1, held_first(&h->held) - 1);
	h->apart = true;
}

enum store_status
store_line(struct store *s, const char *line, size_t len, uint64_t mono_us)
{
	struct incoming in = { .mono_us = mono_us };
	enum store_status status;
	struct unwrapped u;
	struct text_error err = { 0 };
	struct host *h;

	if (unwrap(line, len, &u, &err) == -1 ||
	    fields_read(u.record, u.len, &in.fields, &err) == -1)
		return store_odd(s, "%s", err.what);
	if ((h = host_of(s, in.fields.host, &err)) == NULL) {
		if (errno == 0)
			return store_odd(s, "%s", err.what);
		/* Its records must not be lost for it. */
		store_tell(s, "%s: %s", in.fields.host, err.what);
		return STORE_FULL;
	}
	in.record = u.record;
	in.len = u.len;
	/* Too many wait and nobody can be asked. */
	if (h->held.count == HELD_MAX && !s->options.can_ask)
		give_up(s, h);
	if (place_held(s, h, mono_us) == -1)
		return STORE_FULL;
	status = place_record(s, h, &in);
	/* What cannot be drained now is tried again by the next call. */
	if (status == STORE_ADDED)
		(void)!place_held(s, h, mono_us);
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
		if (place_held(s, h, mono_us) == -1)
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

/* SPDX-License-Identifier: Apache-2.0 */
#include "review/who.h"

#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "review/filter.h"

#define ASKED_MAX HASH_COUNT

struct kept {
	struct who_record record;
	char *line;
	char host[256];
};

struct list {
	struct kept *kept;
	size_t count, size;
	uint64_t total;
	size_t uncovered; /* all before this one are covered */
};

struct who {
	size_t asked;
	char digest[ASKED_MAX][2 * DIGEST_MAX + 1];
	struct filter *about, *checkpoints;
	struct list signed_ok, others;
	struct fields fields;
};

struct who *
who_new(void)
{
	struct who *w = calloc(1, sizeof(*w));
	struct text_error ignored;

	if (w == NULL)
		return NULL;
	w->about = filter_new(0);
	w->checkpoints = filter_new(0);
	if (w->about == NULL || w->checkpoints == NULL ||
	    filter_add(w->checkpoints, "event", "CHECKPOINT", &ignored) == -1) {
		who_free(w);
		return NULL;
	}
	return w;
}

static void
list_release(struct list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->kept[i].line);
	free(l->kept);
}

void
who_free(struct who *w)
{
	if (w == NULL)
		return;
	list_release(&w->signed_ok);
	list_release(&w->others);
	filter_free(w->about);
	filter_free(w->checkpoints);
	free(w);
}

static bool
is_whole(const char *digest)
{
	size_t len = strlen(digest);

	return len % 2 == 0 && hash_by_size(len / 2) != HASH_NONE &&
	    digest[strspn(digest, "0123456789abcdefABCDEF")] == '\0';
}

int
who_ask(struct who *w, const char *digest, struct text_error *reterr)
{
	char *to = w->digest[w->asked];

	if (!is_whole(digest))
		return text_fail(reterr, 0,
		    "\"%.130s\" is no whole digest: 64, 96 or 128 hex digits",
		    digest);
	if (w->asked == ASKED_MAX)
		return text_fail(reterr, 0, "too many digests");
	for (; *digest != '\0'; digest++)
		*to++ = *digest >= 'A' && *digest <= 'F' ?
		    (char)(*digest + ('a' - 'A')) :
		    *digest;
	*to = '\0';
	return filter_add(w->about, "digest", w->digest[w->asked++], reterr);
}

static const char *
value_of(const struct fields *f, const char *name)
{
	const char *value = fields_get(f, name);

	return value != NULL ? value : "";
}

/* A filter finds beginnings too. */
static bool
is_asked(const struct who *w, const char *digest)
{
	for (size_t i = 0; i < w->asked; i++)
		if (strcmp(w->digest[i], digest) == 0)
			return true;
	return false;
}

static bool
list_room(struct list *l)
{
	size_t size = l->size != 0 ? 2 * l->size : 16;
	struct kept *kept;

	if (l->count < l->size)
		return true;
	if ((kept = realloc(l->kept, size * sizeof(*kept))) == NULL)
		return false;
	l->kept = kept;
	l->size = size;
	return true;
}

static int
list_add(struct list *l, const struct fields *f, const char *record, size_t len,
    struct text_error *reterr)
{
	struct kept *k;

	l->total++;
	if (l->count == WHO_KEPT)
		return 0;
	if (!list_room(l))
		return text_fail(reterr, 0, "no memory");
	k = &l->kept[l->count];
	if ((k->line = malloc(len)) == NULL)
		return text_fail(reterr, 0, "no memory");
	memcpy(k->line, record, len);
	k->record = (struct who_record){ k->line, len, f->seq, 0 };
	text_copy(k->host, sizeof(k->host), f->host);
	l->count++;
	return 0;
}

static void
list_cover(struct list *l, const struct fields *checkpoint, uint64_t size)
{
	while (l->uncovered < l->count &&
	    l->kept[l->uncovered].record.checkpoint != 0)
		l->uncovered++;
	for (size_t i = l->uncovered; i < l->count; i++) {
		struct kept *k = &l->kept[i];

		if (k->record.checkpoint == 0 && k->record.seq <= size &&
		    k->record.seq < checkpoint->seq &&
		    strcmp(k->host, checkpoint->host) == 0)
			k->record.checkpoint = checkpoint->seq;
	}
}

static int
take_about(
    struct who *w, const char *record, size_t len, struct text_error *reterr)
{
	const struct fields *f = &w->fields;
	bool ok;

	if (fields_read(record, len, &w->fields, reterr) == -1)
		return -1;
	if (!is_asked(w, value_of(f, "digest")))
		return 0;
	ok = strcmp(f->event, "SIGN") == 0 &&
	    strcmp(value_of(f, "outcome"), "ok") == 0;
	return list_add(
	    ok ? &w->signed_ok : &w->others, f, record, len, reterr);
}

static int
take_checkpoint(
    struct who *w, const char *record, size_t len, struct text_error *reterr)
{
	uint64_t size;

	if (fields_read(record, len, &w->fields, reterr) == -1)
		return -1;
	if (text_number(value_of(&w->fields, "size"), UINT64_MAX, &size) == -1)
		return 0;
	list_cover(&w->signed_ok, &w->fields, size);
	list_cover(&w->others, &w->fields, size);
	return 0;
}

int
who_take(
    struct who *w, const char *record, size_t len, struct text_error *reterr)
{
	if (filter_may_match(w->checkpoints, record, len))
		return take_checkpoint(w, record, len, reterr);
	if (filter_may_match(w->about, record, len))
		return take_about(w, record, len, reterr);
	return 0;
}

static const struct list *
list_of(const struct who *w, enum who_list which)
{
	return which == WHO_SIGNED ? &w->signed_ok : &w->others;
}

uint64_t
who_total(const struct who *w, enum who_list which)
{
	return list_of(w, which)->total;
}

const struct who_record *
who_get(const struct who *w, enum who_list which, size_t i)
{
	const struct list *l = list_of(w, which);

	return i < l->count ? &l->kept[i].record : NULL;
}

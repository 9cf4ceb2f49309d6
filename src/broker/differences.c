/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/differences.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "broker/replace.h"

static int
path_of(const char *dir, char ret[PATH_MAX])
{
	int len = snprintf(ret, PATH_MAX, "%s/configuration", dir);

	return len > 0 && len < PATH_MAX ? 0 : -1;
}

static int
compare(const struct recalled *a, const struct listed *b)
{
	if (a->object != b->object)
		return a->object < b->object ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* Room is doubled whenever the count is a power of two. */
static int
add(struct differences *d, enum change_kind kind, const struct recalled *before,
    const struct listed *now)
{
	struct difference *list = d->list;

	if ((d->count & (d->count - 1)) == 0) {
		list = reallocarray(
		    list, d->count == 0 ? 1 : d->count * 2, sizeof(*list));
		if (list == NULL)
			return -1;
		d->list = list;
	}
	list[d->count++] = (struct difference){ kind, before, now };
	return 0;
}

/* Both are in the same order. */
static int
merge(struct differences *d)
{
	const struct recalled *a = d->before.list, *a_end = a + d->before.count;
	const struct listed *b = d->now.list, *b_end = b + d->now.count;
	int rv = 0, order;

	while ((a < a_end || b < b_end) && rv == 0) {
		if (a == a_end)
			order = 1;
		else
			order = b == b_end ? -1 : compare(a, b);
		if (order < 0)
			rv = add(d, CHANGE_LOST, a++, NULL);
		else if (order > 0)
			rv = add(d, CHANGE_GAINED, NULL, b++);
		else {
			if (strcmp(a->hash, b->hash) != 0)
				rv = add(d, CHANGE_CHANGED, a, b);
			a++;
			b++;
		}
	}
	return rv;
}

/* 0, or -1: nothing is known. */
static int
load(const char *dir, struct differences *d)
{
	struct text_error error = { .what = "the path is too long" };
	char path[PATH_MAX];
	size_t len;

	if (path_of(dir, path) == 0) {
		if (access(path, F_OK) == -1 && errno == ENOENT)
			return -1;
		if (file_load(path, FILE_SECRET, LISTING_MAX, &d->text, &len,
			&error) == 0 &&
		    recall_read(d->text, len, &d->before, &error) == 0)
			return 0;
	}
	log_warn("%s/configuration: %s; what changed since the last stop is "
		 "not on record",
	    dir, error.what);
	return -1;
}

void
differences_find(
    const char *dir, const struct tree *tree, struct differences *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (load(dir, ret) == 0) {
		if (listing_make(tree, &ret->now) == 0 && merge(ret) == 0) {
			ret->known = true;
			return;
		}
		log_warn("no memory to see what the configuration changed");
	}
	differences_release(ret);
}

void
differences_release(struct differences *d)
{
	free(d->list);
	recall_release(&d->before);
	listing_release(&d->now);
	free(d->text);
	memset(d, 0, sizeof(*d));
}

static int
save(const struct tree *tree, const char *path)
{
	struct listing listing;
	struct buf text;
	int rv = -1;

	if (listing_make(tree, &listing) == -1) {
		errno = ENOMEM;
		return -1;
	}
	buf_init(&text, LISTING_MAX);
	listing_text(&listing, &text);
	listing_release(&listing);
	if (text.bad)
		errno = EFBIG;
	else
		rv = replace_file(path, 0600, buf_at(&text), buf_len(&text));
	buf_release(&text);
	return rv;
}

int
configuration_save(const struct tree *tree)
{
	const char *dir = tree_server(tree)->state_dir;
	char path[PATH_MAX];

	if (path_of(dir, path) == 0 && save(tree, path) == 0)
		return 0;
	log_warn(
	    "%s/configuration cannot be written: %s", dir, strerror(errno));
	return -1;
}

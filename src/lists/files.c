/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lists/file.h"

struct kept {
	char *path; /* NULL: free */
	struct list_stamp stamp;
	bool fresh; /* read again, whatever the stamp says */
	struct set *set; /* NULL: error */
	struct text_error error;
	uint64_t used;
};

struct files {
	struct kept kept[FILES_MAX];
	uint64_t asked, read;
};

struct files *
files_new(void)
{
	return calloc(1, sizeof(struct files));
}

static void
forget(struct kept *k)
{
	set_free(k->set);
	free(k->path);
	memset(k, 0, sizeof(*k));
}

void
files_free(struct files *files)
{
	if (files == NULL)
		return;
	for (size_t i = 0; i < FILES_MAX; i++)
		forget(&files->kept[i]);
	free(files);
}

static struct kept *
find(struct files *files, const char *path)
{
	for (size_t i = 0; i < FILES_MAX; i++)
		if (files->kept[i].path != NULL &&
		    strcmp(files->kept[i].path, path) == 0)
			return &files->kept[i];
	return NULL;
}

/* A free place, or the one that was not asked for longest. */
static struct kept *
make_place(struct files *files)
{
	struct kept *oldest = &files->kept[0];

	for (size_t i = 0; i < FILES_MAX; i++) {
		struct kept *k = &files->kept[i];

		if (k->path == NULL)
			return k;
		if (k->used < oldest->used)
			oldest = k;
	}
	forget(oldest);
	return oldest;
}

static size_t
bytes(const struct files *files)
{
	size_t sum = 0;

	for (size_t i = 0; i < FILES_MAX; i++)
		if (files->kept[i].set != NULL)
			sum += set_bytes(files->kept[i].set);
	return sum;
}

/* Never the one that was just read. */
static void
make_room(struct files *files, const struct kept *newest)
{
	while (bytes(files) > FILES_BYTES) {
		struct kept *oldest = NULL;

		for (size_t i = 0; i < FILES_MAX; i++) {
			struct kept *k = &files->kept[i];

			if (k->set != NULL && k != newest &&
			    (oldest == NULL || k->used < oldest->used))
				oldest = k;
		}
		if (oldest == NULL)
			return;
		forget(oldest);
	}
}

/* Reads it into the place. */
static void
load(struct files *files, struct kept *k)
{
	set_free(k->set);
	k->set = NULL;
	memset(&k->stamp, 0, sizeof(k->stamp));
	memset(&k->error, 0, sizeof(k->error));
	files->read++;
	list_file_load(k->path, &k->set, &k->stamp, &k->error);
	/* What is wrong with it as a whole may be over without a change. */
	k->fresh = list_stamp_is_fresh(&k->stamp) ||
	    (k->set == NULL && k->error.line == 0);
	make_room(files, k);
}

/* The file's place, or NULL when there can be none. */
static struct kept *
place(struct files *files, const char *path)
{
	struct kept *k = find(files, path);

	if (k != NULL)
		return k;
	k = make_place(files);
	k->path = strdup(path);
	return k->path != NULL ? k : NULL;
}

const struct set *
files_get(struct files *files, const char *path, struct text_error *reterr)
{
	struct list_stamp now;
	struct kept *k;

	if (list_stamp_take(path, &now) == -1) {
		text_fail(reterr, 0, "%s", strerror(errno));
		if ((k = find(files, path)) != NULL)
			forget(k);
		return NULL;
	}
	if ((k = place(files, path)) == NULL) {
		text_fail(reterr, 0, "%s", strerror(errno));
		return NULL;
	}
	k->used = ++files->asked;
	if (k->fresh || !list_stamp_same(&k->stamp, &now))
		load(files, k);
	if (k->set == NULL)
		*reterr = k->error;
	return k->set;
}

uint64_t
files_read(const struct files *files)
{
	return files->read;
}

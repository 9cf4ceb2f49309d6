/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/segment.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define FIRST_MAX 999999999999u /* what SEGMENT_DIGITS can say */

int
segment_path(
    const char *file, const struct segment *s, char ret[static PATH_MAX])
{
	int len;

	if (s->first > FIRST_MAX)
		return -1;
	len = snprintf(ret, PATH_MAX, "%s.%0*" PRIu64 "%s", file,
	    SEGMENT_DIGITS, s->first, s->packed ? SEGMENT_GZ : "");
	return len < 0 || len >= PATH_MAX ? -1 : 0;
}

bool
segment_parse(const char *name, const char *file, struct segment *ret)
{
	size_t len = strlen(file);
	char digits[SEGMENT_DIGITS + 1];
	struct segment read;

	if (strncmp(name, file, len) != 0 || name[len] != '.')
		return false;
	name += len + 1;
	if (strlen(name) < SEGMENT_DIGITS)
		return false;
	memcpy(digits, name, SEGMENT_DIGITS);
	digits[SEGMENT_DIGITS] = '\0';
	if (text_number(digits, FIRST_MAX, &read.first) == -1 ||
	    read.first == 0)
		return false;
	name += SEGMENT_DIGITS;
	read.packed = strcmp(name, SEGMENT_GZ) == 0;
	if (!read.packed && *name != '\0')
		return false;
	*ret = read;
	return true;
}

/* The plain one before the packed one. */
static int
compare(const void *a, const void *b)
{
	const struct segment *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (int)x->packed - (int)y->packed;
}

static int
add(struct segments *s, const struct segment *one)
{
	struct segment *list = s->list;

	/* Room is doubled whenever the count is a power of two. */
	if ((s->count & (s->count - 1)) == 0) {
		size_t room = s->count == 0 ? 1 : s->count * 2;

		list = reallocarray(list, room, sizeof(*list));
		if (list == NULL)
			return -1;
		s->list = list;
	}
	s->list[s->count++] = *one;
	return 0;
}

/* While a piece is being compressed both are there. */
static void
drop_doubles(struct segments *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->count; i++)
		if (kept == 0 || s->list[kept - 1].first != s->list[i].first)
			s->list[kept++] = s->list[i];
	s->count = kept;
}

static int
read_folder(DIR *dir, const char *name, struct segments *ret)
{
	struct dirent *entry;
	struct segment one;

	while (errno = 0, (entry = readdir(dir)) != NULL)
		if (segment_parse(entry->d_name, name, &one) &&
		    add(ret, &one) == -1)
			return -1;
	return errno == 0 ? 0 : -1;
}

int
segments_list(const char *file, struct segments *ret)
{
	const char *slash = strrchr(file, '/');
	char folder[PATH_MAX] = ".";
	DIR *dir;
	int rv;

	memset(ret, 0, sizeof(*ret));
	if (strlen(file) >= sizeof(folder)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (slash != NULL)
		snprintf(folder, sizeof(folder), "%.*s",
		    (int)(slash - file) + 1, file);
	if ((dir = opendir(folder)) == NULL)
		return -1;
	rv = read_folder(dir, slash != NULL ? slash + 1 : file, ret);
	closedir(dir);
	if (rv == -1) {
		segments_release(ret);
		return -1;
	}
	if (ret->count > 0)
		qsort(ret->list, ret->count, sizeof(*ret->list), compare);
	drop_doubles(ret);
	return 0;
}

void
segments_release(struct segments *s)
{
	free(s->list);
	memset(s, 0, sizeof(*s));
}

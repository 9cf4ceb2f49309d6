/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/lines.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/gunzip.h"

#define LOOK_AGAIN_MS 100
#define FIRST_READ 4096 /* fits into gunzip_new */

int
lines_init(struct lines *l, int fd)
{
	memset(l, 0, sizeof(*l));
	l->fd = fd;
	l->data = malloc(LINES_SIZE);
	return l->data != NULL ? 0 : -1;
}

void
lines_release(struct lines *l)
{
	gunzip_free(l->gzip);
	free(l->data);
	l->data = NULL;
	l->gzip = NULL;
}

static ssize_t
read_plain(struct lines *l, size_t size)
{
	ssize_t got;

	do
		got = read(l->fd, l->data + l->end, size);
	while (got == -1 && errno == EINTR);
	if (got == -1)
		l->why = strerror(errno);
	return got;
}

static ssize_t
read_more(struct lines *l)
{
	size_t room = LINES_SIZE - l->end;

	return l->gzip == NULL ?
	    read_plain(l, room) :
	    gunzip_read(l->gzip, l->data + l->end, room, &l->why);
}

/*
 * The file's first bytes say what it is; a pipe may give one at a time.  0, or
 * -1 with why.
 */
static int
begin(struct lines *l)
{
	ssize_t got = 1;

	while (l->end < 2 && got > 0) {
		if ((got = read_plain(l, FIRST_READ)) == -1)
			return -1;
		l->end += (size_t)got;
	}
	l->begun = true;
	if (!gunzip_is_gzip(l->data, l->end))
		return 0;
	l->gzip = gunzip_new(l->fd, l->data, l->end);
	l->end = 0;
	if (l->gzip != NULL)
		return 0;
	l->why = "no memory";
	return -1;
}

/* More bytes behind what is left: 1, 0 at the end, -1 with why. */
static int
fill(struct lines *l)
{
	ssize_t got;

	memmove(l->data, l->data + l->start, l->end - l->start);
	l->end -= l->start;
	l->start = 0;
	if (!l->begun) {
		if (begin(l) == -1)
			return -1;
		if (l->end > 0)
			return 1;
	}
	if ((got = read_more(l)) > 0)
		l->end += (size_t)got;
	return got > 0 ? 1 : (int)got;
}

static enum lines_status
give(struct lines *l, enum lines_status status, size_t len, const char **ret,
    size_t *ret_len)
{
	*ret = l->data + l->start;
	*ret_len = len;
	l->start += len + (status == LINES_OK);
	l->number++;
	l->skipping = status == LINES_LONG;
	return status;
}

/*
 * At the end of the file: half a line may be one that the service is writing
 * this very moment, so it gets a second look.
 */
static bool
look_again(struct lines *l)
{
	if (l->looked_again)
		return false;
	l->looked_again = true;
	poll(NULL, 0, LOOK_AGAIN_MS);
	return true;
}

/* The rest of a line that was too long. */
static void
skip(struct lines *l)
{
	char *lf = memchr(l->data + l->start, '\n', l->end - l->start);

	l->skipping = lf == NULL;
	l->start = lf != NULL ? (size_t)(lf - l->data) + 1 : l->end;
}

enum lines_status
lines_next(struct lines *l, const char **ret, size_t *ret_len)
{
	size_t seen = 0, have;
	char *lf;
	int more;

	for (;;) {
		if (l->skipping)
			skip(l);
		have = l->end - l->start;
		lf = memchr(l->data + l->start + seen, '\n', have - seen);
		if (lf != NULL)
			return give(l, LINES_OK,
			    (size_t)(lf - l->data) - l->start, ret, ret_len);
		if (have == LINES_SIZE)
			return give(l, LINES_LONG, have, ret, ret_len);
		seen = have;
		if ((more = fill(l)) == -1)
			return LINES_ERROR;
		if (more == 1)
			continue;
		if (have == 0)
			return LINES_END;
		if (!look_again(l))
			return give(l, LINES_TORN, have, ret, ret_len);
	}
}

void
lines_again(struct lines *l, size_t len)
{
	l->start -= len + 1;
	l->number--;
}

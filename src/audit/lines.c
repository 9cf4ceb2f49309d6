/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/lines.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_AGAIN_MS 100

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
	free(l->data);
	l->data = NULL;
}

/* More bytes behind what is left: how many, 0 at the end, -1 with errno. */
static ssize_t
fill(struct lines *l)
{
	ssize_t got;

	memmove(l->data, l->data + l->start, l->end - l->start);
	l->end -= l->start;
	l->start = 0;
	do
		got = read(l->fd, l->data + l->end, LINES_SIZE - l->end);
	while (got == -1 && errno == EINTR);
	if (got > 0)
		l->end += (size_t)got;
	return got;
}

static enum lines_status
give(struct lines *l, enum lines_status status, size_t len, const char **ret,
    size_t *ret_len)
{
	*ret = l->data + l->start;
	*ret_len = len;
	l->start += len + (status == LINES_OK);
	l->number++;
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

enum lines_status
lines_next(struct lines *l, const char **ret, size_t *ret_len)
{
	size_t seen = 0;

	for (;;) {
		size_t have = l->end - l->start;
		char *lf = memchr(l->data + l->start + seen, '\n', have - seen);
		ssize_t got;

		if (lf != NULL)
			return give(l, LINES_OK,
			    (size_t)(lf - l->data) - l->start, ret, ret_len);
		if (have == LINES_SIZE)
			return give(l, LINES_LONG, have, ret, ret_len);
		seen = have;
		if ((got = fill(l)) == -1)
			return LINES_ERROR;
		if (got > 0)
			continue;
		if (have == 0)
			return LINES_END;
		if (!look_again(l))
			return give(l, LINES_TORN, have, ret, ret_len);
	}
}

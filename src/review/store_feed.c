/* SPDX-License-Identifier: Apache-2.0 */
#include "review/store_feed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "review/input.h"

#define READ_SIZE (256u << 10)

void
feed_init(struct feed *f, int fd)
{
	memset(f, 0, sizeof(*f));
	f->fd = fd;
	buf_init(&f->data, 2 * READ_SIZE);
}

void
feed_release(struct feed *f)
{
	buf_release(&f->data);
}

int
feed_read(struct feed *f)
{
	char *at = buf_reserve(&f->data, READ_SIZE);
	ssize_t len;

	if (at == NULL) {
		errno = ENOMEM;
		return -1;
	}
	len = read(f->fd, at, READ_SIZE);
	if (len == -1)
		return errno == EINTR || errno == EAGAIN ? 0 : -1;
	f->ended = len == 0;
	buf_commit(&f->data, (size_t)len);
	return 0;
}

bool
feed_line(struct feed *f, const char **ret, size_t *ret_len)
{
	for (;;) {
		const char *at = buf_at(&f->data), *end;
		size_t len = buf_len(&f->data);
		bool skip = f->skipping;

		end = len > 0 ? memchr(at, '\n', len) : NULL;
		if (end == NULL && len <= INPUT_LINE_MAX &&
		    !(f->ended && len > 0))
			return false;
		if (end != NULL)
			len = (size_t)(end - at);
		buf_consume(&f->data, len + (end != NULL));
		f->skipping = end == NULL && !f->ended;
		if (skip)
			continue;
		*ret = at;
		*ret_len = len;
		return true;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/said.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

/* Taken in one go, before others have their turn: what a pipe can hold. */
#define GO 16

bool
said_take(struct said *said, int fd)
{
	static char bytes[4096];

	for (int i = 0; i < GO; i++) {
		ssize_t got = read(fd, bytes, sizeof(bytes));
		size_t room = sizeof(said->text) - said->used;

		if (got == -1)
			return errno == EAGAIN || errno == EINTR;
		if (got == 0)
			return false;
		if ((size_t)got < room)
			room = (size_t)got;
		memcpy(said->text + said->used, bytes, room);
		said->used += room;
	}
	return true;
}

bool
said_line(const struct said *said, char ret[MESSAGE_SIZE])
{
	const char *end = memchr(said->text, '\n', said->used);
	size_t len = end != NULL ? (size_t)(end - said->text) : said->used;

	while (len > 0 && strchr(" \t\r", said->text[len - 1]) != NULL)
		len--;
	return text_escape(said->text, len, ret, MESSAGE_SIZE) > 0;
}

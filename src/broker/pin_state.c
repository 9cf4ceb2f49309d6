/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/pin_state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

/* Also the name of the next one while it is written. */
static int
path_of(const char *dir, const char *token, const char *end, char ret[PATH_MAX])
{
	int len =
	    snprintf(ret, PATH_MAX, "%s/pin-refused-%s%s", dir, token, end);

	return len > 0 && len < PATH_MAX ? 0 : -1;
}

size_t
pin_state_load(const char *dir, const char *token, uint8_t ret[WIRE_STAMP])
{
	char path[PATH_MAX], text[2 * WIRE_STAMP + 1];
	ssize_t len;
	int fd;

	if (path_of(dir, token, "", path) == -1)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1)
		return 0;
	len = read(fd, text, sizeof(text));
	close(fd);
	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (len <= 0 || len % 2 != 0 || len > 2 * WIRE_STAMP ||
	    hex_decode(text, (size_t)len, ret) == -1)
		return 0;
	return (size_t)len / 2;
}

int
pin_state_save(
    const char *dir, const char *token, const uint8_t *stamp, size_t len)
{
	char path[PATH_MAX], next[PATH_MAX], text[2 * WIRE_STAMP + 2];
	int fd, rv = -1;

	if (len > WIRE_STAMP || path_of(dir, token, "", path) == -1 ||
	    path_of(dir, token, ".new", next) == -1) {
		errno = EINVAL;
		return -1;
	}
	hex_encode(stamp, len, text);
	text[2 * len] = '\n';
	fd = open(
	    next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		return -1;
	if (write(fd, text, 2 * len + 1) == (ssize_t)(2 * len + 1) &&
	    fdatasync(fd) == 0 && rename(next, path) == 0)
		rv = 0;
	close(fd);
	return rv;
}

void
pin_state_clear(const char *dir, const char *token)
{
	char path[PATH_MAX];

	if (path_of(dir, token, "", path) == 0)
		unlink(path);
}

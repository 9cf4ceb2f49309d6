/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static int
write_all(int fd, const char *data, size_t len)
{
	ssize_t done;

	while (len > 0) {
		done = write(fd, data, len);
		if (done == -1 && errno == EINTR)
			continue;
		if (done == -1)
			return -1;
		data += done;
		len -= (size_t)done;
	}
	return 0;
}

int
replace_file(const char *path, mode_t mode, const void *data, size_t len)
{
	char next[PATH_MAX];
	int fd, rv = -1, error;
	int used = snprintf(next, sizeof(next), "%s.new", path);

	if (used < 0 || (size_t)used >= sizeof(next)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = open(
	    next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd == -1)
		return -1;
	if (write_all(fd, data, len) == 0 && fdatasync(fd) == 0 &&
	    rename(next, path) == 0)
		rv = 0;
	error = errno;
	close(fd);
	errno = error;
	return rv;
}

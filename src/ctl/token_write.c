/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token_write, declared in ctl/token.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ctl/token.h"

int
token_write(const char *path, const char *text, size_t len)
{
	int fd, rv = EX_CANTCREAT;

	if (path == NULL) {
		token_say("%.*s", (int)len, text);
		return 0;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd == -1 || write(fd, text, len) != (ssize_t)len ||
	    fsync(fd) == -1) {
		token_fail("%s: %s", path, strerror(errno));
	} else {
		token_say("%s: made\n", path);
		rv = 0;
	}
	if (fd != -1)
		close(fd);
	return rv;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
refuse(const char *path, struct text_error *reterr, const char *what)
{
	if (!text_copy(reterr->file, sizeof(reterr->file), path))
		text_copy(reterr->file, sizeof(reterr->file), "(long path)");
	return text_fail(reterr, 0, "%s", what);
}

int
file_check(
    int fd, const char *path, enum file_trust trust, struct text_error *reterr)
{
	mode_t banned = trust == FILE_SECRET ? 077 : 022;
	struct stat st;

	if (fstat(fd, &st) == -1)
		return refuse(path, reterr, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return refuse(path, reterr, "is not a regular file");
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return refuse(path, reterr,
		    "must be owned by root or by the user of the service");
	if ((st.st_mode & banned) == 0)
		return 0;
	return refuse(path, reterr,
	    trust == FILE_SECRET ?
		"must be closed to group and others (chmod 0400)" :
		"must not be writable by group or others (chmod go-w)");
}

/* Fills text with what comes: the length, or -1 with errno. */
static ssize_t
read_up_to(int fd, char *text, size_t size)
{
	size_t used = 0;
	ssize_t got;

	while (used < size) {
		got = read(fd, text + used, size - used);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return -1;
		if (got == 0)
			break;
		used += (size_t)got;
	}
	return (ssize_t)used;
}

/* One byte more shows that it is not the whole. */
int
file_read(int fd, size_t max, char **ret, size_t *ret_len)
{
	struct stat st;
	size_t size;
	ssize_t got;
	char *text;

	if (fstat(fd, &st) == -1)
		return -1;
	if ((uint64_t)st.st_size > max) {
		errno = EFBIG;
		return -1;
	}
	size = (size_t)st.st_size;
	if ((text = malloc(size + 1)) == NULL)
		return -1;
	got = read_up_to(fd, text, size + 1);
	if (got < 0 || (size_t)got != size) {
		if (got >= 0)
			errno = EBUSY; /* it is being written */
		explicit_bzero(text, size + 1);
		free(text);
		return -1;
	}
	text[size] = '\0';
	*ret = text;
	*ret_len = size;
	return 0;
}

int
file_load(const char *path, enum file_trust trust, size_t max, char **ret,
    size_t *ret_len, struct text_error *reterr)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int fd, rv = -1;

	if (trust == FILE_SECRET)
		flags |= O_NOFOLLOW;
	if ((fd = open(path, flags)) == -1)
		return refuse(path, reterr,
		    errno == ELOOP && trust == FILE_SECRET ?
			"must not be a symbolic link" :
			strerror(errno));
	if (file_check(fd, path, trust, reterr) == -1)
		goto out;
	if (file_read(fd, max, ret, ret_len) == -1) {
		refuse(path, reterr, strerror(errno));
		goto out;
	}
	rv = 0;
out:
	close(fd);
	return rv;
}

int
file_beside(const char *file, const char *path, char *ret, size_t size)
{
	const char *slash = strrchr(file, '/');
	int dir = slash != NULL ? (int)(slash - file) + 1 : 0;
	int len;

	if (path[0] == '/')
		return text_copy(ret, size, path) ? 0 : -1;
	len = snprintf(ret, size, "%.*s%s", dir, file, path);
	return len < 0 || (size_t)len >= size ? -1 : 0;
}

int
file_make_dir(const char *path, mode_t mode, uid_t uid, gid_t gid)
{
	int fd, rv = -1;
	bool made;

	made = mkdir(path, mode) == 0;
	if (!made && errno != EEXIST)
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return -1;
	/* The umask may have taken bits away; what was there keeps its mode. */
	if (made && fchmod(fd, mode) == -1)
		goto out;
	if (geteuid() == 0 && fchown(fd, uid, gid) == -1)
		goto out;
	rv = 0;
out:
	close(fd);
	return rv;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/fence.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define SAFE (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
/* Names in one folder that are looked at. */
#define NAMES_MAX 1024

static bool
is_owner(const struct fence *fence, uid_t uid)
{
	for (size_t i = 0; i < fence->count; i++)
		if (fence->owners[i] == uid)
			return true;
	return uid == 0;
}

static int
check_owner(
    const struct fence *fence, const struct stat *st, struct text_error *reterr)
{
	if (!is_owner(fence, st->st_uid))
		return text_fail(reterr, 0,
		    "must be owned by the tenant's owner or by root");
	if ((st->st_mode & 022) != 0)
		return text_fail(reterr, 0,
		    "must not be writable by group or others (chmod go-w)");
	return 0;
}

/* The folder of all tenants is not a tenant's. */
static int
check_folder(
    const struct fence *fence, int fd, bool first, struct text_error *reterr)
{
	struct stat st;

	if (first)
		return folder_check(fd, reterr);
	if (fstat(fd, &st) == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	return check_owner(fence, &st, reterr);
}

static int
fail_open(struct text_error *reterr)
{
	int error = errno;

	if (error == ELOOP)
		text_fail(reterr, 0, "must not be a symbolic link");
	else if (error == ENOTDIR)
		text_fail(reterr, 0,
		    "is not a folder, or a symbolic link to one, which is not "
		    "followed");
	else
		text_fail(reterr, 0, "%s", strerror(error));
	errno = error;
	return -1;
}

/*
 * Opens path step by step; the last step with flags.  -1 with reterr, and
 * errno 0 when it is something else than the system that refused.
 */
static int
walk(const struct fence *fence, const char *path, int flags,
    struct text_error *reterr)
{
	int fd = fence->root, next;
	char part[NAME_MAX + 1];
	size_t len;

	for (const char *at = path;; at += len + 1) {
		bool last;

		len = strcspn(at, "/");
		last = at[len] == '\0';
		snprintf(part, sizeof(part), "%.*s", (int)len, at);
		next = openat(fd, part, SAFE | (last ? flags : O_DIRECTORY));
		if (next == -1)
			fail_open(reterr);
		else if ((!last || flags != 0) &&
		    check_folder(fence, next, at == path, reterr) == -1) {
			close(next);
			next = -1;
			errno = 0;
		}
		if (fd != fence->root) {
			int error = errno;

			close(fd);
			errno = error;
		}
		if (next == -1 || last)
			return next;
		fd = next;
	}
}

static int
check_file(const struct fence *fence, const struct stat *st,
    const struct allowance *left, struct text_error *reterr)
{
	if (!S_ISREG(st->st_mode))
		return text_fail(reterr, 0, "is not a regular file");
	if (check_owner(fence, st, reterr) == -1)
		return -1;
	if (st->st_nlink != 1)
		return text_fail(
		    reterr, 0, "has more than one name (a hard link)");
	if (left->files == 0)
		return text_fail(reterr, 0, "the tenant has too many files");
	if ((uint64_t)st->st_size > left->bytes)
		return text_fail(reterr, 0, "the tenant's files are too large");
	return 0;
}

int
fence_load(const struct fence *fence, const char *path, struct allowance *left,
    char **ret, size_t *ret_len, struct text_error *reterr)
{
	struct stat st;
	int fd, rv = -1;

	if ((fd = walk(fence, path, 0, reterr)) == -1)
		return -1;
	if (fstat(fd, &st) == -1) {
		text_fail(reterr, 0, "%s", strerror(errno));
		goto out;
	}
	if (check_file(fence, &st, left, reterr) == -1)
		goto out;
	if (file_read(fd, left->bytes, ret, ret_len) == -1) {
		text_fail(reterr, 0, "%s", strerror(errno));
		goto out;
	}
	left->files--;
	left->bytes -= *ret_len;
	rv = 0;
out:
	close(fd);
	return rv;
}

int
fence_list(const struct fence *fence, const char *path, bool conf_only,
    struct folder *ret, folder_bad_fn *bad, void *arg,
    struct text_error *reterr)
{
	int fd = walk(fence, path, O_DIRECTORY, reterr);

	if (fd == -1 && errno == ENOENT) {
		*ret = (struct folder){ NULL, 0 };
		return 0;
	}
	if (fd == -1)
		return -1;
	return folder_read(fd, NAMES_MAX, conf_only, ret, bad, arg, reterr);
}

int
owner_number(const char *owner, uid_t *ret)
{
	const struct passwd *entry;
	FILE *file;
	uint64_t number;
	int rv = -1;

	if (text_number(owner, UINT32_MAX - 1, &number) == 0) {
		*ret = (uid_t)number;
		return 0;
	}
	if ((file = fopen("/etc/passwd", "re")) == NULL)
		return -1;
	while (rv == -1 && (entry = fgetpwent(file)) != NULL)
		if (strcmp(entry->pw_name, owner) == 0) {
			*ret = entry->pw_uid;
			rv = 0;
		}
	fclose(file);
	return rv;
}

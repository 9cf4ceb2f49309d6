/* SPDX-License-Identifier: Apache-2.0 */
#include "review/store_odd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/verify.h"
#include "review/json.h"

#define JSON_MAX (64u << 10)
#define HASH_SHOWN 16

static int
make_folder(int root, const char *path)
{
	return mkdirat(root, path, 0750) == -1 && errno != EEXIST ? -1 : 0;
}

/* A file that is there whole is left alone. */
static int
write_file(int root, const char *path, const struct buf *text)
{
	ssize_t len = (ssize_t)buf_len(text);
	struct stat st;
	int fd, rv = -1;

	if (fstatat(root, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_size == len)
		return 0;
	fd = openat(root, path,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd == -1)
		return -1;
	errno = ENOSPC;
	if (write(fd, buf_at(text), (size_t)len) == len && fdatasync(fd) == 0)
		rv = 1;
	close(fd);
	return rv;
}

int
odd_keep(int root, const char *kind, const char *host_name,
    const struct fields *fields, const char *record, size_t len)
{
	char path[PATH_MAX], hash[RECORD_HASH];
	struct buf json;
	int rv;

	if (record_hash(record, len, hash) == -1) {
		errno = ENOMEM;
		return -1;
	}
	snprintf(path, sizeof(path), "%s/%s", kind, host_name);
	if (make_folder(root, kind) == -1 || make_folder(root, path) == -1)
		return -1;
	snprintf(path, sizeof(path), "%s/%s/%012" PRIu64 "-%.*s.json", kind,
	    host_name, fields->seq, HASH_SHOWN, hash);
	buf_init(&json, JSON_MAX);
	json_record(fields, record, len, &json);
	if (json.bad) {
		errno = ENOMEM;
		rv = -1;
	} else
		rv = write_file(root, path, &json);
	buf_release(&json);
	return rv;
}

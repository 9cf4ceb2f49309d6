/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/log_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "broker/owned.h"

#define COPY_SIZE (64u << 10)

int
log_tree_open(struct log_tree *t, const char *path, struct text_error *reterr)
{
	memset(t, 0, sizeof(*t));
	t->fd = owned_open(path, O_RDWR | O_CREAT, 0600, reterr);
	if (t->fd == -1)
		return -1;
	if (owned_lock(t->fd, reterr) == 0)
		return 0;
	log_tree_close(t);
	return -1;
}

void
log_tree_close(struct log_tree *t)
{
	if (t->fd != -1)
		close(t->fd);
	t->fd = -1;
	free(t->pending);
	t->pending = NULL;
	t->pending_len = t->pending_room = 0;
}

uint64_t
log_tree_leaves(const struct log_tree *t)
{
	uint64_t low = 0, high, hashes;
	struct stat st;

	if (fstat(t->fd, &st) == -1)
		return 0;
	hashes = (uint64_t)st.st_size / MERKLE_HASH;
	high = hashes;
	/* A leaf stores at least its own hash. */
	while (low < high) {
		uint64_t middle = high - (high - low) / 2;

		if (merkle_stored(middle) <= hashes)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static int
read_hash(void *arg, uint64_t index, merkle_hash ret)
{
	const struct log_tree *t = arg;

	return owned_read(
	    t->fd, ret, MERKLE_HASH, (off_t)(index * MERKLE_HASH));
}

int
log_tree_resume(struct log_tree *t, uint64_t leaves)
{
	struct merkle merkle;

	if (merkle_resume(&merkle, leaves, read_hash, t) == -1)
		return -1;
	t->merkle = merkle;
	t->stored = t->synced = merkle_stored(leaves);
	t->pending_len = 0;
	t->unsynced = 0;
	t->trim = true;
	return 0;
}

static int
make_room(struct log_tree *t, size_t more)
{
	size_t room = t->pending_room == 0 ? COPY_SIZE : t->pending_room;
	uint8_t *bytes;

	while (room - t->pending_len < more)
		room *= 2;
	if (room == t->pending_room)
		return 0;
	if ((bytes = realloc(t->pending, room)) == NULL)
		return -1;
	t->pending = bytes;
	t->pending_room = room;
	return 0;
}

int
log_tree_add(struct log_tree *t, const char *line, size_t len)
{
	struct merkle_added added;
	merkle_hash leaf;

	if (merkle_leaf(line, len, leaf) == -1 ||
	    make_room(t, sizeof(added.hash)) == -1 ||
	    merkle_append(&t->merkle, leaf, &added) == -1)
		return -1;
	memcpy(
	    t->pending + t->pending_len, added.hash, added.count * MERKLE_HASH);
	t->pending_len += added.count * MERKLE_HASH;
	t->unsynced++;
	return 0;
}

static int
write_at(int fd, const uint8_t *data, size_t len, off_t at)
{
	while (len > 0) {
		ssize_t put = pwrite(fd, data, len, at);

		if (put == -1 && errno == EINTR)
			continue;
		if (put <= 0)
			return put == 0 ? EIO : errno;
		data += put;
		at += put;
		len -= (size_t)put;
	}
	return 0;
}

/*
 * After a failed sync the kernel takes for written what is not.  While it
 * still has the bytes they are written once more.
 */
static int
write_again(struct log_tree *t)
{
	uint8_t copy[4096];
	off_t at = (off_t)(t->synced * MERKLE_HASH);
	off_t end = (off_t)(t->stored * MERKLE_HASH);
	int error;

	for (; at < end; at += (off_t)sizeof(copy)) {
		size_t len = sizeof(copy);

		if (end - at < (off_t)len)
			len = (size_t)(end - at);
		if (owned_read(t->fd, copy, len, at) == -1)
			return EIO;
		if ((error = write_at(t->fd, copy, len, at)) != 0)
			return error;
	}
	return 0;
}

int
log_tree_sync(struct log_tree *t)
{
	int error;

	if (t->rewrite && (error = write_again(t)) != 0)
		return error;
	if (fdatasync(t->fd) == -1) {
		t->rewrite = true;
		return errno;
	}
	t->rewrite = false;
	t->synced = t->stored;
	t->unsynced = 0;
	return 0;
}

int
log_tree_flush(struct log_tree *t)
{
	off_t at = (off_t)(t->stored * MERKLE_HASH);
	off_t end = at + (off_t)t->pending_len;
	int error;

	if (t->pending_len > 0) {
		error = write_at(t->fd, t->pending, t->pending_len, at);
		if (error != 0)
			return error;
		t->stored += t->pending_len / MERKLE_HASH;
		t->pending_len = 0;
	}
	/* Not before: what the log lost is told by what was here. */
	if (t->trim && ftruncate(t->fd, end) == -1)
		return errno;
	t->trim = false;
	if (t->unsynced < LOG_TREE_SYNC && !t->rewrite)
		return 0;
	return log_tree_sync(t);
}

int
log_tree_append(struct log_tree *t, const char *data, size_t len)
{
	while (len > 0) {
		const char *lf = memchr(data, '\n', len);
		size_t line = lf != NULL ? (size_t)(lf - data) : len;

		/* The next start makes the tree again, from the log. */
		if (lf == NULL || log_tree_add(t, data, line) == -1)
			log_fatal("a record on disk could not be hashed");
		data += line + 1;
		len -= line + 1;
	}
	return log_tree_flush(t);
}

int
log_tree_inclusion(const struct log_tree *t, uint64_t index, uint64_t leaves,
    struct merkle_proof *ret)
{
	struct log_tree copy = { .fd = t->fd };

	return merkle_inclusion(index, leaves, read_hash, &copy, ret);
}

int
log_tree_root(const struct log_tree *t, uint64_t leaves, merkle_hash ret)
{
	struct log_tree copy = { .fd = t->fd };
	struct merkle merkle;

	if (merkle_resume(&merkle, leaves, read_hash, &copy) == -1)
		return -1;
	return merkle_root(&merkle, ret);
}

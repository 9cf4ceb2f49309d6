/* SPDX-License-Identifier: Apache-2.0 */
#include "review/store_held.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "audit/lines.h"
#include "audit/verify.h"

#define PENDING_MAX (2u << 20)
#define PENDING_ENOUGH (1u << 20)

static void
swap(struct held *h, size_t a, size_t b)
{
	struct held_item item = h->heap[a];

	h->heap[a] = h->heap[b];
	h->heap[b] = item;
}

static void
sift_up(struct held *h, size_t at)
{
	for (; at > 0 && h->heap[at].seq < h->heap[(at - 1) / 2].seq;
	     at = (at - 1) / 2)
		swap(h, at, (at - 1) / 2);
}

static void
sift_down(struct held *h)
{
	size_t at = 0, child;

	while ((child = 2 * at + 1) < h->count) {
		if (child + 1 < h->count &&
		    h->heap[child + 1].seq < h->heap[child].seq)
			child++;
		if (h->heap[at].seq <= h->heap[child].seq)
			return;
		swap(h, at, child);
		at = child;
	}
}

static int
make_room(struct held *h)
{
	size_t room = h->room == 0 ? 64 : 2 * h->room;
	struct held_item *heap;

	if (h->count == HELD_MAX) {
		errno = ENOSPC;
		return -1;
	}
	if (h->count < h->room)
		return 0;
	if ((heap = reallocarray(h->heap, room, sizeof(*heap))) == NULL)
		return -1;
	h->heap = heap;
	h->room = room;
	return 0;
}

/* Room was made. */
static void
push(struct held *h, uint64_t seq, size_t len)
{
	h->heap[h->count++] = (struct held_item){ seq, h->size, (uint32_t)len };
	sift_up(h, h->count - 1);
	h->size += (off_t)len + 1;
}

/* The file's lines; from the first that is no record on they are cut off. */
static int
read_lines(struct held *h, struct lines *lines)
{
	struct text_error err;
	char prev[RECORD_HASH];
	const char *line;
	uint64_t seq;
	size_t len;

	while (lines_next(lines, &line, &len) == LINES_OK &&
	    record_parse(line, len, &seq, prev, &err) == 0) {
		if (make_room(h) == -1)
			return -1;
		push(h, seq, len);
	}
	return ftruncate(h->fd, h->size);
}

int
held_open(struct held *h, int dir, const char *file)
{
	struct lines lines;
	int rv;

	memset(h, 0, sizeof(*h));
	buf_init(&h->pending, PENDING_MAX);
	h->fd =
	    openat(dir, file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (h->fd == -1 || flock(h->fd, LOCK_EX | LOCK_NB) == -1 ||
	    lines_init(&lines, h->fd) == -1)
		return -1;
	rv = read_lines(h, &lines);
	lines_release(&lines);
	return rv;
}

void
held_release(struct held *h)
{
	if (h->fd != -1)
		close(h->fd);
	h->fd = -1;
	free(h->heap);
	h->heap = NULL;
	buf_release(&h->pending);
}

static int
write_pending(struct held *h)
{
	size_t len = buf_len(&h->pending), done = 0;
	off_t at = h->size - (off_t)len;

	while (done < len) {
		ssize_t n = pwrite(h->fd, buf_at(&h->pending) + done,
		    len - done, at + (off_t)done);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	buf_consume(&h->pending, len);
	return 0;
}

int
held_add(struct held *h, uint64_t seq, const char *record, size_t len)
{
	if (make_room(h) == -1)
		return -1;
	if (buf_len(&h->pending) >= PENDING_ENOUGH && write_pending(h) == -1)
		return -1;
	buf_add(&h->pending, record, len);
	buf_add(&h->pending, "\n", 1);
	if (h->pending.bad) {
		errno = ENOMEM;
		return -1;
	}
	push(h, seq, len);
	return 0;
}

uint64_t
held_first(const struct held *h)
{
	return h->count > 0 ? h->heap[0].seq : 0;
}

int
held_peek(struct held *h, char ret[static RECORD_MAX])
{
	const struct held_item *item = &h->heap[0];

	if (write_pending(h) == -1)
		return -1;
	if (pread(h->fd, ret, item->len, item->at) == (ssize_t)item->len)
		return (int)item->len;
	errno = errno != 0 ? errno : EIO;
	return -1;
}

void
held_drop(struct held *h)
{
	h->heap[0] = h->heap[--h->count];
	sift_down(h);
}

int
held_sync(struct held *h)
{
	if (h->size == 0)
		return 0;
	if (h->count > 0)
		return write_pending(h) == 0 ? fdatasync(h->fd) : -1;
	buf_consume(&h->pending, buf_len(&h->pending));
	if (ftruncate(h->fd, 0) == -1)
		return -1;
	h->size = 0;
	return 0;
}

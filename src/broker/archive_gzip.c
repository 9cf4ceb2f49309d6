/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/archive_gzip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "audit/gunzip.h"

#define STEP ((size_t)64 << 10)
/* So much is synced at once at most: records wait for the same disk. */
#define SYNC_BYTES ((size_t)4 << 20)
#define GZIP_ONLY (16 + MAX_WBITS)
#define MEMORY 8 /* zlib's usual */

struct gzip {
	int from, to;
	off_t size, at; /* of the file, plain */
	size_t unsynced;
	z_stream z;
	bool deflating;
	struct lines_gzip *back;
	char plain[STEP];
	char other[STEP];
};

struct gzip *
gzip_new(int from, int to, off_t size)
{
	struct gzip *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->from = from;
	g->to = to;
	g->size = size;
	if (deflateInit2(&g->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_ONLY,
		MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
		free(g);
		errno = ENOMEM;
		return NULL;
	}
	g->deflating = true;
	return g;
}

void
gzip_free(struct gzip *g)
{
	if (g == NULL)
		return;
	if (g->deflating)
		deflateEnd(&g->z);
	gunzip_free(g->back);
	free(g);
}

/* Exactly so many bytes of the file from g->at on: 0, or -1. */
static int
read_plain(struct gzip *g, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t got = pread(
		    g->from, g->plain + have, len - have, g->at + (off_t)have);

		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return -1;
		if (got == 0) {
			errno = EIO;
			return -1;
		}
		have += (size_t)got;
	}
	return 0;
}

static int
write_all(struct gzip *g, size_t len)
{
	const char *data = g->other;

	while (len > 0) {
		ssize_t put = write(g->to, data, len);

		if (put == -1 && errno == EINTR)
			continue;
		if (put == -1)
			return -1;
		data += put;
		len -= (size_t)put;
		g->unsynced += (size_t)put;
	}
	if (g->unsynced < SYNC_BYTES)
		return 0;
	g->unsynced = 0;
	return fdatasync(g->to);
}

static int
deflate_plain(struct gzip *g, size_t len, int flush)
{
	g->z.next_in = (unsigned char *)g->plain;
	g->z.avail_in = (uInt)len;
	do {
		g->z.next_out = (unsigned char *)g->other;
		g->z.avail_out = sizeof(g->other);
		deflate(&g->z, flush);
		if (write_all(g, sizeof(g->other) - g->z.avail_out) == -1)
			return -1;
	} while (g->z.avail_out == 0);
	return 0;
}

static size_t
next_len(const struct gzip *g)
{
	off_t left = g->size - g->at;

	return left < (off_t)STEP ? (size_t)left : STEP;
}

/* On disk, and to be read back from there. */
static int
turn_round(struct gzip *g)
{
	if (fsync(g->to) == -1 || lseek(g->to, 0, SEEK_SET) == -1)
		return -1;
	posix_fadvise(g->to, 0, 0, POSIX_FADV_DONTNEED);
	deflateEnd(&g->z);
	g->deflating = false;
	g->at = 0;
	g->back = gunzip_new(g->to, "", 0);
	errno = ENOMEM;
	return g->back != NULL ? 0 : -1;
}

int
gzip_write(struct gzip *g)
{
	size_t len = next_len(g);
	bool last = g->at + (off_t)len == g->size;

	if (read_plain(g, len) == -1 ||
	    deflate_plain(g, len, last ? Z_FINISH : Z_NO_FLUSH) == -1)
		return -1;
	g->at += (off_t)len;
	if (!last)
		return 1;
	return turn_round(g);
}

int
gzip_compare(struct gzip *g)
{
	const char *why;
	ssize_t got = gunzip_read(g->back, g->other, sizeof(g->other), &why);

	if (got == 0 && g->at == g->size)
		return 0;
	if (got <= 0 || got > g->size - g->at) {
		errno = EIO;
		return -1;
	}
	if (read_plain(g, (size_t)got) == -1)
		return -1;
	if (memcmp(g->plain, g->other, (size_t)got) != 0) {
		errno = EIO;
		return -1;
	}
	g->at += got;
	return 1;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/gunzip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define IN_SIZE (64u << 10)
#define GZIP_ONLY (16 + MAX_WBITS)

struct lines_gzip {
	int fd;
	z_stream z;
	bool between; /* a member has ended, none has begun */
	unsigned char in[IN_SIZE];
};

bool
gunzip_is_gzip(const char *begin, size_t len)
{
	return len >= 2 && memcmp(begin, "\x1f\x8b", 2) == 0;
}

struct lines_gzip *
gunzip_new(int fd, const char *begin, size_t len)
{
	struct lines_gzip *gzip;

	if (len > IN_SIZE || (gzip = calloc(1, sizeof(*gzip))) == NULL)
		return NULL;
	if (inflateInit2(&gzip->z, GZIP_ONLY) != Z_OK) {
		free(gzip);
		return NULL;
	}
	memcpy(gzip->in, begin, len);
	gzip->z.next_in = gzip->in;
	gzip->z.avail_in = (uInt)len;
	gzip->fd = fd;
	return gzip;
}

void
gunzip_free(struct lines_gzip *gzip)
{
	if (gzip == NULL)
		return;
	inflateEnd(&gzip->z);
	free(gzip);
}

/* More of the file: 1, 0 at its end, -1 with errno. */
static int
more(struct lines_gzip *gzip)
{
	ssize_t got;

	if (gzip->z.avail_in > 0)
		return 1;
	do
		got = read(gzip->fd, gzip->in, sizeof(gzip->in));
	while (got == -1 && errno == EINTR);
	if (got == -1)
		return -1;
	gzip->z.next_in = gzip->in;
	gzip->z.avail_in = (uInt)got;
	return got > 0;
}

/* What could be inflated of the input at hand: NULL, or what is wrong. */
static const char *
step(struct lines_gzip *gzip)
{
	if (gzip->between && inflateReset(&gzip->z) != Z_OK)
		return "no memory";
	gzip->between = false;
	switch (inflate(&gzip->z, Z_NO_FLUSH)) {
	case Z_STREAM_END:
		gzip->between = true;
		return NULL;
	case Z_OK:
	case Z_BUF_ERROR:
		return NULL;
	case Z_MEM_ERROR:
		return "no memory";
	default:
		return "its compressed data is damaged";
	}
}

/* Nothing is left to read, and nothing came out of it. */
static bool
is_cut(const struct lines_gzip *gzip, size_t size)
{
	return gzip->z.avail_in == 0 && gzip->z.avail_out == size &&
	    !gzip->between;
}

ssize_t
gunzip_read(
    struct lines_gzip *gzip, char *ret, size_t size, const char **ret_why)
{
	const char *why = NULL;

	gzip->z.next_out = (unsigned char *)ret;
	gzip->z.avail_out = (uInt)size;
	while (gzip->z.avail_out == size && why == NULL) {
		int rv = more(gzip);

		if (rv == 0 && gzip->between)
			return 0;
		why = rv == -1 ? strerror(errno) : step(gzip);
		if (why == NULL && rv == 0 && is_cut(gzip, size))
			why = "its compressed data is cut off";
	}
	if (why == NULL)
		return (ssize_t)(size - gzip->z.avail_out);
	*ret_why = why;
	return -1;
}

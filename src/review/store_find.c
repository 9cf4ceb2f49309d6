/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stored records by their number: halving the file where nothing is known,
 * reading on where the one before was found, because what comes twice comes
 * in its old order.  Declared in review/store_days.h.
 */
#include "review/store_days.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/verify.h"
#include "review/unwrap.h"

#define LINE_MAX_JSON INPUT_LINE_MAX /* what unwrap takes */

/* As much as there is, up to size. */
static ssize_t
read_at(int fd, char *data, size_t size, off_t at)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = pread(fd, data + len, size - len, at + (off_t)len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

ssize_t
days_line(int fd, off_t at, char ret[static INPUT_LINE_MAX], size_t *ret_len,
    struct text_error *reterr)
{
	char line[LINE_MAX_JSON + 1];
	ssize_t len = read_at(fd, line, sizeof(line), at);
	const char *end;
	int n;

	if (len == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	if ((end = memchr(line, '\n', (size_t)len)) == NULL)
		return len < (ssize_t)sizeof(line) ?
		    0 :
		    text_fail(reterr, 0, "a line is too long");
	n = input_unwrap(line, (size_t)(end - line), ret, reterr);
	if (n == -1)
		return -1;
	*ret_len = (size_t)n;
	return end + 1 - line;
}

/* Where the line begins that the byte before `at' is in or ends. */
static off_t
line_start(int fd, off_t at)
{
	char data[LINE_MAX_JSON + 1];
	off_t from = at > (off_t)sizeof(data) ? at - (off_t)sizeof(data) : 0;
	ssize_t len = read_at(fd, data, (size_t)(at - from), from);
	const char *end;

	if (len != (ssize_t)(at - from))
		return -1;
	if (len == 0)
		return from;
	/* The line's own LF does not count. */
	end = memrchr(data, '\n', (size_t)len - 1);
	return end != NULL ? from + (end + 1 - data) : from == 0 ? 0 : -1;
}

struct found {
	off_t at, next; /* the line, and what follows it */
	uint64_t seq;
	size_t len;
	char *record; /* the caller's */
};

/* The whole line that ends at or goes over `at': 1, 0: none, -1. */
static int
line_around(int fd, off_t at, struct found *f, struct text_error *reterr)
{
	char prev[RECORD_HASH];
	ssize_t len;

	f->at = line_start(fd, at);
	if (f->at == -1)
		return text_fail(reterr, 0, "a line cannot be read");
	len = days_line(fd, f->at, f->record, &f->len, reterr);
	if (len <= 0)
		return (int)len;
	f->next = f->at + (off_t)len;
	if (record_parse(f->record, f->len, &f->seq, prev, reterr) == -1)
		return -1;
	return 1;
}

/*
 * The line with the greatest number that is not above seq: 1, 0: none, -1.
 * Between low and high there are whole lines; those before low are not above.
 */
static int
bisect(int fd, uint64_t seq, struct found *f, struct text_error *reterr)
{
	off_t low = 0, high = lseek(fd, 0, SEEK_END), best = -1;
	int rv;

	while (low < high) {
		off_t middle = low + (high - low + 1) / 2;

		rv = line_around(fd, middle, f, reterr);
		if (rv == -1)
			return -1;
		if (rv == 0 || f->seq > seq) {
			high = f->at;
			continue;
		}
		best = f->next;
		if (f->seq == seq)
			break;
		low = f->next;
	}
	return best == -1 ? 0 : line_around(fd, best, f, reterr);
}

static int
open_part(struct days *d, size_t part, struct text_error *reterr)
{
	char path[PATH_MAX];
	int fd = -1;

	if (d->look.fd != -1 && d->look.part == part)
		return 0;
	if (days_part_path(d, &d->list[part], path, sizeof(path)) == 0)
		fd = openat(d->root, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	if (d->look.fd != -1)
		close(d->look.fd);
	d->look.fd = fd;
	d->look.part = part;
	d->look.next = 0;
	return 0;
}

/* The last part that begins at or before seq: its place + 1, or 0. */
static size_t
part_of(const struct days *d, uint64_t seq)
{
	size_t low = 0, high = d->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (d->list[middle].first <= seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int
days_find(struct days *d, uint64_t seq, char ret[static INPUT_LINE_MAX],
    struct text_error *reterr)
{
	struct found f = { .record = ret };
	size_t part = part_of(d, seq);
	int rv;

	if (part == 0)
		return 0;
	if (days_write(d) == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	if (open_part(d, part - 1, reterr) == -1)
		return -1;
	/* A line that ends one byte further than it begins is the next one. */
	if (d->look.next == seq)
		rv = line_around(d->look.fd, d->look.at + 1, &f, reterr);
	else
		rv = bisect(d->look.fd, seq, &f, reterr);
	if (rv <= 0)
		return rv;
	d->look.at = f.next;
	d->look.next = f.seq + 1;
	return f.seq == seq || seq == UINT64_MAX ? (int)f.len : 0;
}

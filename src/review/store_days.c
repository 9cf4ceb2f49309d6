/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Adding to the day files; finding in them is store_find.c.
 *
 * Nothing but the files says what was stored: a record counts as stored when
 * its line is whole, so whatever kills us loses no line and repeats none.
 */
#include "review/store_days.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/verify.h"
#include "base/clock.h"
#include "review/json.h"

#define PENDING_MAX (4u << 20)
#define PENDING_ENOUGH (1u << 20)
#define DAY_LEN 10

int
days_name(const char *host, char ret[static DAYS_NAME])
{
	size_t len = 0;

	for (const char *at = host; *at != '\0'; at++) {
		bool plain = char_is_digit(*at) || char_is_alpha(*at) ||
		    *at == '_' || *at == '-' || (*at == '.' && at > host);

		if (len + 4 > DAYS_NAME)
			return -1;
		if (plain)
			ret[len++] = *at;
		else
			len += (size_t)snprintf(ret + len, 4, "%%%02X",
			    (unsigned)(unsigned char)*at);
	}
	ret[len] = '\0';
	return len > 0 ? 0 : -1;
}

int
days_part_path(
    const struct days *d, const struct days_part *part, char *ret, size_t size)
{
	int len = part->numbered ?
	    snprintf(ret, size, "%s/%s@%012" PRIu64 ".json", part->day, d->name,
		part->first) :
	    snprintf(ret, size, "%s/%s.json", part->day, d->name);

	if (len > 0 && (size_t)len < size)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

int
days_open(struct days *d, int root, const char *name, struct chain *ret,
    struct text_error *reterr)
{
	char record[INPUT_LINE_MAX];
	int len;

	memset(d, 0, sizeof(*d));
	d->root = root;
	d->fd = d->look.fd = -1;
	buf_init(&d->pending, PENDING_MAX);
	chain_init(ret);
	if (!text_copy(d->name, sizeof(d->name), name))
		return text_fail(reterr, 0, "its name is too long");
	if (days_scan(d, reterr) == -1)
		return -1;
	if (d->count == 0)
		return 0;
	len = days_find(d, UINT64_MAX, record, reterr);
	if (len <= 0)
		return len == 0 ? text_fail(reterr, 0, "an empty part") : -1;
	if (record_parse(record, (size_t)len, &ret->seq, ret->prev, reterr) ==
	    -1)
		return -1;
	if (record_hash(record, (size_t)len, ret->prev) == -1)
		return text_fail(reterr, 0, "cannot be hashed");
	return 0;
}

void
days_release(struct days *d)
{
	if (d->fd != -1)
		close(d->fd);
	if (d->look.fd != -1)
		close(d->look.fd);
	d->fd = d->look.fd = -1;
	free(d->list);
	d->list = NULL;
	buf_release(&d->pending);
}

/* What a reader must not see goes again; if even that fails, days_open will. */
static int
write_failed(const struct days *d)
{
	int error = errno;

	if (ftruncate(d->fd, d->size) == -1)
		error = errno;
	errno = error;
	return -1;
}

int
days_write(struct days *d)
{
	off_t at = d->size;
	size_t len = buf_len(&d->pending), done = 0;

	while (done < len) {
		ssize_t n = pwrite(d->fd, buf_at(&d->pending) + done,
		    len - done, at + (off_t)done);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return write_failed(d);
		done += (size_t)n;
	}
	buf_consume(&d->pending, len);
	d->size += (off_t)len;
	return 0;
}

int
days_sync(struct days *d)
{
	if (d->fd == -1)
		return 0;
	return days_write(d) == 0 && fdatasync(d->fd) == 0 ? 0 : -1;
}

static int
sync_folder(int root, const char *name)
{
	int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rv;

	if (fd == -1)
		return -1;
	rv = fsync(fd);
	close(fd);
	return rv;
}

/* A new file in the folder of its day, which is made when it is the first. */
static int
create(const struct days *d, const struct days_part *part)
{
	char path[PATH_MAX];
	int fd;

	if (days_part_path(d, part, path, sizeof(path)) == -1)
		return -1;
	if (mkdirat(d->root, part->day, 0750) == -1 && errno != EEXIST)
		return -1;
	fd = openat(d->root, path,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd == -1)
		return -1;
	if (sync_folder(d->root, part->day) == 0 &&
	    sync_folder(d->root, ".") == 0)
		return fd;
	unlinkat(d->root, path, 0);
	close(fd);
	return -1;
}

static bool
list_grow(struct days *d)
{
	struct days_part *list =
	    reallocarray(d->list, d->count + 1, sizeof(*list));

	if (list != NULL)
		d->list = list;
	return list != NULL;
}

static int
begin_part(struct days *d, const char *day, uint64_t seq)
{
	struct days_part part = { .first = seq };
	int fd;

	memcpy(part.day, day, DAY_LEN);
	if (days_sync(d) == -1 || !list_grow(d))
		return -1;
	fd = create(d, &part);
	if (fd == -1 && errno == EEXIST) {
		part.numbered = true;
		fd = create(d, &part);
	}
	if (fd == -1)
		return -1;
	if (d->fd != -1)
		close(d->fd);
	d->fd = fd;
	d->size = 0;
	d->list[d->count++] = part;
	return 0;
}

int
days_add(struct days *d, const struct fields *fields, const char *record,
    size_t len, bool apart)
{
	char day[CLOCK_TEXT];

	clock_text(fields->time_us, day);
	day[DAY_LEN] = '\0';
	if (apart || d->fd == -1 ||
	    strcmp(day, d->list[d->count - 1].day) != 0) {
		if (begin_part(d, day, fields->seq) == -1)
			return -1;
	} else if (buf_len(&d->pending) >= PENDING_ENOUGH &&
	    days_write(d) == -1)
		return -1;
	json_record(fields, record, len, &d->pending);
	if (!d->pending.bad)
		return 0;
	errno = ENOMEM;
	return -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lists/parse.h"

/* How often a file is read that changes under our eyes. */
#define TRIES 3
/* The kernel's clock for files goes in steps, at most so long. */
#define STEP_NS 100000000

static void
stamp_of(const struct stat *st, struct list_stamp *ret)
{
	*ret = (struct list_stamp){ .dev = st->st_dev,
		.ino = st->st_ino,
		.size = st->st_size,
		.changed = st->st_ctim,
		.modified = st->st_mtim };
}

int
list_stamp_take(const char *path, struct list_stamp *ret)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return -1;
	stamp_of(&st, ret);
	return 0;
}

static bool
same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool
list_stamp_same(const struct list_stamp *a, const struct list_stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	    same_time(&a->changed, &b->changed) &&
	    same_time(&a->modified, &b->modified);
}

bool
list_stamp_is_fresh(const struct list_stamp *stamp)
{
	struct timespec now;
	int64_t age;

	clock_gettime(CLOCK_REALTIME, &now);
	/* A clock that was set back makes all of them fresh, for a while. */
	if (now.tv_sec - stamp->changed.tv_sec > 2)
		return false;
	age = (int64_t)(now.tv_sec - stamp->changed.tv_sec) * 1000000000 +
	    now.tv_nsec - stamp->changed.tv_nsec;
	return age < STEP_NS;
}

void
list_reader_init(struct list_reader *r, struct set *set)
{
	r->set = set;
	r->line = 0;
	r->used = 0;
}

/* A whole line, without its LF. */
static int
take_line(struct list_reader *r, const char *text, size_t len,
    struct text_error *reterr)
{
	uint8_t digest[DIGEST_MAX];
	size_t digest_len;
	const char *what;

	r->line++;
	if (len > LIST_LINE_MAX)
		return text_fail(
		    reterr, r->line, "it is over %u bytes", LIST_LINE_MAX);
	switch (list_line_parse(text, len, digest, &digest_len, &what)) {
	case LIST_LINE_PASS:
		return 0;
	case LIST_LINE_BAD:
		return text_fail(reterr, r->line, "%s", what);
	case LIST_LINE_DIGEST:
		break;
	}
	if (set_add(r->set, digest, digest_len) == 0)
		return 0;
	if (errno == ENOSPC)
		return text_fail(reterr, r->line, "over %u digests", SET_MAX);
	return text_fail(reterr, 0, "%s", strerror(errno));
}

int
list_reader_take(struct list_reader *r, const char *bytes, size_t len,
    struct text_error *reterr)
{
	const char *end;

	while (len > 0) {
		size_t n = (end = memchr(bytes, '\n', len)) != NULL ?
		    (size_t)(end - bytes) :
		    len;
		const char *line = bytes;
		size_t line_len = n;

		if (end == NULL || r->used > 0) {
			if (n > sizeof(r->text) - r->used)
				n = sizeof(r->text) - r->used;
			memcpy(r->text + r->used, bytes, n);
			r->used += n;
			line = r->text;
			line_len = r->used;
		}
		if (line_len <= LIST_LINE_MAX && end == NULL)
			return 0;
		if (take_line(r, line, line_len, reterr) == -1)
			return -1;
		r->used = 0;
		len -= (size_t)(end - bytes) + 1;
		bytes = end + 1;
	}
	return 0;
}

int
list_reader_end(struct list_reader *r, struct text_error *reterr)
{
	if (r->used == 0)
		return 0;
	return take_line(r, r->text, r->used, reterr);
}

static int
read_all(int fd, struct set *set, struct text_error *reterr)
{
	static char bytes[1 << 16];
	static struct list_reader r;
	off_t total = 0;
	ssize_t got;

	list_reader_init(&r, set);
	while ((got = read(fd, bytes, sizeof(bytes))) != 0) {
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return text_fail(reterr, 0, "%s", strerror(errno));
		if ((total += got) > LIST_FILE_MAX)
			return text_fail(reterr, 0, "it is too large");
		if (list_reader_take(&r, bytes, (size_t)got, reterr) == -1)
			return -1;
	}
	return list_reader_end(&r, reterr);
}

static int
check(const struct stat *st, struct text_error *reterr)
{
	if (!S_ISREG(st->st_mode))
		return text_fail(reterr, 0, "it is not a regular file");
	if ((st->st_mode & S_IWOTH) != 0)
		return text_fail(reterr, 0,
		    "everybody may write it (mode %04o); chmod o-w it",
		    (unsigned)(st->st_mode & 07777));
	if (st->st_size > LIST_FILE_MAX)
		return text_fail(reterr, 0, "it is over %lld MiB",
		    (long long)(LIST_FILE_MAX >> 20));
	return 0;
}

/* 1: done, 0: it changed meanwhile, -1: reterr. */
static int
load_once(const char *path, struct set *set, struct list_stamp *ret,
    struct text_error *reterr)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct list_stamp after;
	struct stat st;
	int rv = -1;

	if (fd == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	if (fstat(fd, &st) == -1) {
		text_fail(reterr, 0, "%s", strerror(errno));
		goto out;
	}
	stamp_of(&st, ret);
	if (check(&st, reterr) == -1)
		goto out;
	rv = read_all(fd, set, reterr) == 0 ? 1 : -1;
	/* What was wrong with it may have been the middle of a change. */
	if (fstat(fd, &st) == -1) {
		rv = text_fail(reterr, 0, "%s", strerror(errno));
		goto out;
	}
	stamp_of(&st, &after);
	if (!list_stamp_same(ret, &after))
		rv = 0;
out:
	close(fd);
	return rv;
}

int
list_file_load(const char *path, struct set **ret, struct list_stamp *ret_stamp,
    struct text_error *reterr)
{
	for (int i = 0; i < TRIES; i++) {
		struct set *set = set_new();
		int done;

		if (set == NULL)
			return text_fail(reterr, 0, "%s", strerror(errno));
		done = load_once(path, set, ret_stamp, reterr);
		if (done == 1) {
			set_seal(set);
			*ret = set;
			return 0;
		}
		set_free(set);
		if (done == -1)
			return -1;
	}
	return text_fail(reterr, 0, "it changes while it is read");
}

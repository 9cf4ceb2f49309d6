/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "countersign-running 1\n"
/* Above what the files of a large tree have together. */
#define SNAPSHOT_MAX (1024u << 20)

/* Reading: what is left of the text. */
struct scan {
	char *at, *end;
	unsigned entry; /* for messages */
	struct text_error *error;
};

static int
fail(struct scan *s, const char *what)
{
	return text_fail(s->error, 0, "entry %u: %s", s->entry, what);
}

static bool
skip(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
		return false;
	s->at += len;
	return true;
}

/* The line up to its LF, which becomes a NUL; NULL: there is none. */
static char *
take_line(struct scan *s)
{
	char *line = s->at;
	char *end = memchr(line, '\n', (size_t)(s->end - line));

	if (end == NULL)
		return NULL;
	*end = '\0';
	s->at = end + 1;
	return line;
}

static bool
is_name(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
			return false;
	return len > 0 && len < PATH_MAX;
}

/* The part behind "file ". */
static int
read_entry(struct scan *s, struct snapshot_entry *ret)
{
	char *line, *blank;
	uint64_t len;
	size_t left;

	if ((line = take_line(s)) == NULL ||
	    (blank = strchr(line, ' ')) == NULL)
		return fail(s, "its head was cut");
	if (line + strlen(line) + 1 != s->at)
		return fail(s, "its head has a NUL");
	*blank = '\0';
	if (text_number(line, SNAPSHOT_MAX, &len) == -1 || !is_name(blank + 1))
		return fail(s, "its length or name is not what we write");
	left = (size_t)(s->end - s->at);
	if (len >= left || s->at[len] != '\n')
		return fail(s, "it is shorter than its length");
	ret->file = blank + 1;
	ret->text = s->at;
	ret->len = (size_t)len;
	s->at[len] = '\0';
	s->at += len + 1;
	return 0;
}

static struct snapshot_entry *
grow(struct snapshot *snapshot)
{
	struct snapshot_entry *list = snapshot->list;
	size_t count = snapshot->count;

	/* Room is doubled whenever the count is a power of two. */
	if ((count & (count - 1)) == 0) {
		list = reallocarray(
		    list, count == 0 ? 1 : count * 2, sizeof(*list));
		if (list == NULL)
			return NULL;
		snapshot->list = list;
	}
	snapshot->count++;
	return &list[count];
}

static int
read_entries(struct scan *s, struct snapshot *ret)
{
	struct snapshot_entry *entry;

	while (skip(s, "file ")) {
		s->entry++;
		if ((entry = grow(ret)) == NULL)
			return fail(s, "no memory");
		if (read_entry(s, entry) == -1)
			return -1;
	}
	return 0;
}

static int
read_end(struct scan *s, char ret[static SNAPSHOT_PRINT + 1])
{
	uint8_t print[SNAPSHOT_PRINT / 2];
	char *line;

	if (!skip(s, "end ") || (line = take_line(s)) == NULL)
		return text_fail(s->error, 0, "it was cut");
	if (s->at != s->end || strlen(line) != SNAPSHOT_PRINT ||
	    line + SNAPSHOT_PRINT + 1 != s->at ||
	    hex_decode(line, SNAPSHOT_PRINT, print) == -1)
		return text_fail(s->error, 0, "it does not end as it should");
	memcpy(ret, line, SNAPSHOT_PRINT + 1);
	return 0;
}

int
snapshot_read(
    char *text, size_t len, struct snapshot *ret, struct text_error *reterr)
{
	struct snapshot snapshot = { .list = NULL };
	struct scan s = { .at = text, .end = text + len, .error = reterr };

	if (!skip(&s, HEAD))
		return text_fail(reterr, 0, "it does not begin as it should");
	if (read_entries(&s, &snapshot) == -1 ||
	    read_end(&s, snapshot.fingerprint) == -1) {
		free(snapshot.list);
		return -1;
	}
	snapshot.data = text;
	*ret = snapshot;
	return 0;
}

void
snapshot_release(struct snapshot *snapshot)
{
	free(snapshot->list);
	free(snapshot->data);
	memset(snapshot, 0, sizeof(*snapshot));
}

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

/* The text is the caller's; NULL with errno. */
static char *
load(int fd, size_t *ret_len)
{
	struct stat st;
	char *text;
	ssize_t got;

	if (fstat(fd, &st) == -1)
		return NULL;
	if (!S_ISREG(st.st_mode) || st.st_size > SNAPSHOT_MAX) {
		errno = S_ISREG(st.st_mode) ? EFBIG : EINVAL;
		return NULL;
	}
	if ((text = malloc((size_t)st.st_size + 1)) == NULL)
		return NULL;
	if ((got = read_up_to(fd, text, (size_t)st.st_size)) == -1) {
		free(text);
		return NULL;
	}
	text[got] = '\0';
	*ret_len = (size_t)got;
	return text;
}

int
snapshot_load(
    const char *state_dir, struct snapshot *ret, struct text_error *reterr)
{
	char path[PATH_MAX], *text = NULL;
	size_t len;
	int fd, rv = -1;

	snprintf(path, sizeof(path), "%.*s/" SNAPSHOT_FILE,
	    (int)(sizeof(path) - sizeof(SNAPSHOT_FILE) - 1), state_dir);
	if (!text_copy(reterr->file, sizeof(reterr->file), path))
		text_copy(reterr->file, sizeof(reterr->file), SNAPSHOT_FILE);
	fd = open(
	    path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd == -1)
		return text_fail(reterr, 0, "%s", strerror(errno));
	if ((text = load(fd, &len)) == NULL)
		text_fail(reterr, 0, "%s", strerror(errno));
	else
		rv = snapshot_read(text, len, ret, reterr);
	if (rv == -1)
		free(text);
	close(fd);
	return rv;
}

void
snapshot_drop(struct snapshot *snapshot, const char *prefix)
{
	size_t len = strlen(prefix), kept = 0;

	for (size_t i = 0; i < snapshot->count; i++)
		if (strncmp(snapshot->list[i].file, prefix, len) != 0)
			snapshot->list[kept++] = snapshot->list[i];
	snapshot->count = kept;
}

void
snapshot_each(const struct snapshot *snapshot, const char *prefix,
    conf_seen_fn *seen, void *arg)
{
	size_t len = strlen(prefix);

	for (size_t i = 0; i < snapshot->count; i++) {
		const struct snapshot_entry *e = &snapshot->list[i];

		if (strncmp(e->file, prefix, len) == 0)
			seen(arg, e->file, e->text, e->len);
	}
}

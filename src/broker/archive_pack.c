/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compressing closed pieces: a copy is made under another name, synced, read
 * back and compared; then it gets its name, the folder is synced, and only
 * then does the plain piece go.  Whenever that is cut short, one of the two
 * is whole and has its name.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "broker/archive_gzip.h"
#include "broker/archive_task.h"

#define UNFINISHED ".tmp"

struct pack_task {
	struct task task;
	const char *file;
	uint64_t active;
	uint32_t after_s;
	struct pack_report report;

	bool listed;
	struct segments pieces;
	size_t next;

	/* The piece at hand, when gzip is not NULL. */
	struct segment piece;
	struct stat st;
	int from, to;
	struct gzip *gzip;
	bool written;
	char folder[PATH_MAX], copy[PATH_MAX];
};

/* "FOLDER/" of a path; "" when it names none. */
static void
folder_of(const char *path, char ret[PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	ret[0] = '\0';
	if (slash != NULL)
		snprintf(ret, PATH_MAX, "%.*s", (int)(slash - path) + 1, path);
}

static const char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* ".audit.log.000000000042.gz.tmp", which nobody takes for a piece. */
static bool
is_unfinished(const struct pack_task *t, const char *name)
{
	size_t len = strlen(name), end = strlen(UNFINISHED);
	char middle[NAME_MAX + 1];
	struct segment piece;

	if (name[0] != '.' || len <= end || len > NAME_MAX ||
	    strcmp(name + len - end, UNFINISHED) != 0)
		return false;
	snprintf(
	    middle, sizeof(middle), "%.*s", (int)(len - end - 1), name + 1);
	return segment_parse(middle, name_of(t->file), &piece) && piece.packed;
}

/* What an earlier attempt left behind. */
static void
remove_unfinished(const struct pack_task *t)
{
	DIR *dir = opendir(t->folder[0] != '\0' ? t->folder : ".");
	struct dirent *entry;
	char path[PATH_MAX];
	int len;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		if (!is_unfinished(t, entry->d_name))
			continue;
		len = snprintf(
		    path, sizeof(path), "%s%s", t->folder, entry->d_name);
		if (len > 0 && (size_t)len < sizeof(path))
			unlink(path);
	}
	closedir(dir);
}

static void
leave_piece(struct pack_task *t)
{
	gzip_free(t->gzip);
	t->gzip = NULL;
	if (t->from != -1)
		close(t->from);
	if (t->to != -1) {
		close(t->to);
		/* Unless it has its own name by now. */
		unlink(t->copy);
	}
	t->from = t->to = -1;
}

static void
pack_free(struct task *task)
{
	struct pack_task *t = (struct pack_task *)task;

	leave_piece(t);
	segments_release(&t->pieces);
	free(t);
}

static bool
is_full(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EROFS;
}

/* The piece stays as it is; where there is no room, so do the others. */
static void
give_up(struct pack_task *t, int error)
{
	struct text_error text;

	leave_piece(t);
	piece_fail(t->file, &t->piece, &text, strerror(error));
	if (t->report.error[0] == '\0')
		text_copy(t->report.error, sizeof(t->report.error), text.what);
	if (is_full(error))
		t->next = t->pieces.count;
}

/* Is it time for the piece? */
static bool
is_due(struct pack_task *t)
{
	uint64_t now = clock_wall_us() / 1000000;
	uint64_t due = (uint64_t)t->st.st_mtim.tv_sec + t->after_s;

	if (due <= now)
		return true;
	if (due < t->report.due_s)
		t->report.due_s = due;
	return false;
}

static int
make_copy(struct pack_task *t)
{
	struct segment packed = { t->piece.first, true };
	char path[PATH_MAX];
	int len;

	if (segment_path(t->file, &packed, path) == -1)
		goto fail;
	len = snprintf(t->copy, sizeof(t->copy), "%s.%s%s", t->folder,
	    name_of(path), UNFINISHED);
	if (len < 0 || (size_t)len >= sizeof(t->copy))
		goto fail;
	return open(
	    t->copy, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
fail:
	errno = ENAMETOOLONG;
	return -1;
}

static void
begin_piece(struct pack_task *t)
{
	struct text_error error;

	t->written = false;
	t->from = piece_open(t->file, &t->piece, &error);
	if (t->from == -1 || fstat(t->from, &t->st) == -1) {
		give_up(t, errno);
		return;
	}
	if (t->piece.packed || !is_due(t)) {
		leave_piece(t);
		return;
	}
	if ((t->to = make_copy(t)) == -1 ||
	    (t->gzip = gzip_new(t->from, t->to, t->st.st_size)) == NULL)
		give_up(t, errno);
}

static int
sync_folder(const struct pack_task *t)
{
	int fd = open(t->folder[0] != '\0' ? t->folder : ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rv;

	if (fd == -1)
		return -1;
	rv = fsync(fd);
	close(fd);
	return rv;
}

/* Nobody may have written it, meanwhile, who knew better than we did. */
static int
is_unchanged(const struct pack_task *t)
{
	struct stat now;

	if (fstat(t->from, &now) == -1)
		return -1;
	errno = EBUSY;
	return now.st_size == t->st.st_size &&
		now.st_mtim.tv_sec == t->st.st_mtim.tv_sec &&
		now.st_mtim.tv_nsec == t->st.st_mtim.tv_nsec ?
	    0 :
	    -1;
}

/* The copy is good: it takes the piece's place, and its time. */
static int
replace(struct pack_task *t)
{
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		t->st.st_mtim };
	struct segment piece = t->piece;
	char plain[PATH_MAX], packed[PATH_MAX];

	if (segment_path(t->file, &piece, plain) == -1)
		return -1;
	piece.packed = true;
	if (segment_path(t->file, &piece, packed) == -1 ||
	    is_unchanged(t) == -1 || futimens(t->to, times) == -1 ||
	    fsync(t->to) == -1 || rename(t->copy, packed) == -1)
		return -1;
	close(t->to);
	t->to = -1;
	if (sync_folder(t) == -1 || unlink(plain) == -1)
		return -1;
	t->report.packed++;
	leave_piece(t);
	return 0;
}

static void
work_piece(struct pack_task *t)
{
	int rv = t->written ? gzip_compare(t->gzip) : gzip_write(t->gzip);

	if (rv == 0 && t->written)
		rv = replace(t);
	else if (rv == 0)
		t->written = true;
	if (rv == -1)
		give_up(t, errno);
}

static void
list(struct pack_task *t)
{
	t->listed = true;
	remove_unfinished(t);
	if (segments_list(t->file, &t->pieces) == -1)
		text_copy(
		    t->report.error, sizeof(t->report.error), strerror(errno));
}

static enum turn
pack_run(struct task *task, struct archive_answer *ret)
{
	struct pack_task *t = (struct pack_task *)task;

	if (!t->listed) {
		list(t);
	} else if (t->gzip != NULL) {
		work_piece(t);
	} else if (t->next < t->pieces.count &&
	    t->pieces.list[t->next].first < t->active) {
		t->piece = t->pieces.list[t->next++];
		if (!t->piece.packed)
			begin_piece(t);
	} else {
		ret->status = ARCHIVE_END;
		return TURN_TELL;
	}
	return TURN_AGAIN;
}

struct task *
pack_new(const char *file, uint64_t active, uint32_t after_s)
{
	struct pack_task *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->task.run = pack_run;
	t->task.free = pack_free;
	t->file = file;
	t->active = active;
	t->after_s = after_s;
	t->from = t->to = -1;
	t->report.due_s = UINT64_MAX;
	folder_of(file, t->folder);
	return &t->task;
}

const struct pack_report *
pack_report(const struct task *task)
{
	return &((const struct pack_task *)task)->report;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/store_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/owned.h"

/* Larger is not read; and never written. */
#define PAGE_SIZE 4096
#define PAGES_MAX 131072

static const char damaged[] =
    "is damaged (%.100s): restore it from a backup, or move it away to begin "
    "without budgets used up and without suspensions";

int
store_file_fail(const struct store_file *f, struct text_error *reterr)
{
	switch (sqlite3_errcode(f->db) & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return text_fail(reterr, 0, damaged, sqlite3_errmsg(f->db));
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return text_fail(reterr, 0, "another process has it open");
	default:
		return text_fail(reterr, 0, "%s", sqlite3_errmsg(f->db));
	}
}

/* A file of ours alone: 1 and its size.  Not there: 0.  -1 with reterr. */
static int
look_at(const char *path, off_t *ret, struct text_error *reterr)
{
	struct stat st;
	int fd = owned_open(path, O_RDWR, 0, reterr);

	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	if (fstat(fd, &st) == -1)
		st.st_size = 0;
	/* Nobody has it open yet, so no lock of ours is lost by this. */
	close(fd);
	*ret = st.st_size;
	return 1;
}

/* Is there a database?  1, 0, or -1 with reterr. */
static int
check_files(const struct store_file *f, struct text_error *reterr)
{
	char wal[PATH_MAX + 8];
	off_t size = 0, wal_size = 0;
	int found, wal_found;

	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	if ((found = look_at(f->path, &size, reterr)) == -1 ||
	    (wal_found = look_at(wal, &wal_size, reterr)) == -1)
		return -1;
	/* It would become a part of whatever is made in its place. */
	if (found == 0 && wal_found == 1 && wal_size > 0)
		return text_fail(reterr, 0,
		    "is gone, but its state.db-wal is there: restore it, or "
		    "move that away too to begin without budgets used up and "
		    "without suspensions");
	if (found == 1 && size == 0)
		return text_fail(reterr, 0, damaged, "it is empty");
	if (size > (off_t)PAGE_SIZE * PAGES_MAX)
		return text_fail(reterr, 0, damaged, "it is far too large");
	return found;
}

/* 0, or -1: store_file_fail. */
static int
open_db(struct store_file *f, const char *path)
{
	static const char settings[] =
	    "PRAGMA trusted_schema = OFF;"
	    "PRAGMA cell_size_check = ON;"
	    "PRAGMA temp_store = MEMORY;"
	    "PRAGMA mmap_size = 0;"
	    /* Nobody else reads it meanwhile: no shared memory is needed. */
	    "PRAGMA locking_mode = EXCLUSIVE;"
	    "PRAGMA synchronous = FULL;";
	int flags =
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;

	if (sqlite3_open_v2(path, &f->db, flags, NULL) != SQLITE_OK)
		return -1;
	sqlite3_extended_result_codes(f->db, 1);
	sqlite3_db_config(f->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return sqlite3_exec(f->db, settings, NULL, NULL, NULL) == SQLITE_OK ?
	    0 :
	    -1;
}

static int
finish_new(struct store_file *f, const char *path, struct text_error *reterr)
{
	int fd;

	if (open_db(f, path) == -1 ||
	    sqlite3_exec(f->db, "PRAGMA journal_mode = MEMORY", NULL, NULL,
		NULL) != SQLITE_OK ||
	    store_schema_make(f->db) == -1)
		return store_file_fail(f, reterr);
	if (sqlite3_close(f->db) != SQLITE_OK)
		return store_file_fail(f, reterr);
	f->db = NULL;
	if ((fd = owned_open(path, O_RDWR, 0, reterr)) == -1)
		return -1;
	if (fsync(fd) == -1 || rename(path, f->path) == -1 ||
	    owned_sync_folder(f->path) == -1) {
		text_fail(reterr, 0, "%s", strerror(errno));
		close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

/* Under another name until it is whole: what has the name was never empty. */
static int
make_file(struct store_file *f, struct text_error *reterr)
{
	char path[PATH_MAX + 8];
	int fd;

	snprintf(path, sizeof(path), "%s.new", f->path);
	if (unlink(path) == -1 && errno != ENOENT)
		return text_fail(reterr, 0, "%s", strerror(errno));
	fd = owned_open(path, O_RDWR | O_CREAT | O_EXCL, 0600, reterr);
	if (fd == -1)
		return -1;
	close(fd);
	return finish_new(f, path, reterr);
}

/* libsqlite3 looks at every page; what it says is "ok" or what is wrong. */
static int
check_pages(struct store_file *f, struct text_error *reterr)
{
	sqlite3_stmt *query = NULL;
	const char *said;
	int rv = -1;

	if (sqlite3_prepare_v2(f->db, "PRAGMA quick_check(1)", -1, &query,
		NULL) != SQLITE_OK ||
	    sqlite3_step(query) != SQLITE_ROW) {
		store_file_fail(f, reterr);
	} else {
		said = (const char *)sqlite3_column_text(query, 0);
		if (said != NULL && strcmp(said, "ok") == 0)
			rv = 0;
		else
			text_fail(reterr, 0, damaged,
			    said != NULL ? said : "no memory");
	}
	sqlite3_finalize(query);
	return rv;
}

static int
open_whole(struct store_file *f, struct text_error *reterr)
{
	char pages[64];

	if (open_db(f, f->path) == -1 ||
	    sqlite3_exec(f->db, "PRAGMA journal_mode = WAL", NULL, NULL,
		NULL) != SQLITE_OK)
		return store_file_fail(f, reterr);
	snprintf(pages, sizeof(pages), "PRAGMA max_page_count = %d", PAGES_MAX);
	if (sqlite3_exec(f->db, pages, NULL, NULL, NULL) != SQLITE_OK)
		return store_file_fail(f, reterr);
	if (check_pages(f, reterr) == -1)
		return -1;
	if (store_schema_make(f->db) == -1)
		return store_file_fail(f, reterr);
	if (store_schema_check(f->db, reterr) == -1)
		return -1;
	return store_work_prepare(f) == 0 ? 0 : store_file_fail(f, reterr);
}

int
store_file_open(
    struct store_file *f, const char *state_dir, struct text_error *reterr)
{
	int found, len;

	memset(f, 0, sizeof(*f));
	len = snprintf(f->path, sizeof(f->path), "%s/state.db", state_dir);
	if (len < 0 || (size_t)len + 8 >= sizeof(f->path))
		return text_fail(reterr, 0, "the path is too long");
	if ((found = check_files(f, reterr)) == -1)
		return -1;
	if (found == 0 && make_file(f, reterr) == -1)
		goto fail;
	if (open_whole(f, reterr) == 0)
		return 0;
fail:
	store_file_close(f);
	return -1;
}

void
store_file_close(struct store_file *f)
{
	store_work_release(f);
	sqlite3_close(f->db);
	f->db = NULL;
}

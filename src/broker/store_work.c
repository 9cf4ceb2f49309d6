/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "broker/store_file.h"

static const struct {
	const char *sql;
	int values;
} statements[STORE_CHANGES] = {
	[PUT_BUDGET] = { "REPLACE INTO budgets(subject, full_us, day, used) "
			 "VALUES(?, ?, ?, ?)",
	    4 },
	[DROP_BUDGET] = { "DELETE FROM budgets WHERE subject = ?", 1 },
	[PUT_SUSPENSION] = { "REPLACE INTO suspensions(kind, name, text, by, "
			     "since) VALUES(?, ?, ?, ?, ?)",
	    5 },
	[DROP_SUSPENSION] = { "DELETE FROM suspensions WHERE kind = ? AND "
			      "name = ?",
	    2 },
	[PUT_REPEAT] = { "REPLACE INTO repeats(key, seq, made, expires, "
			 "answer) VALUES(?, ?, ?, ?, ?)",
	    5 },
	[DROP_REPEAT] = { "DELETE FROM repeats WHERE key = ?", 1 },
};

int
store_work_prepare(struct store_file *f)
{
	for (int i = 0; i < STORE_CHANGES; i++)
		if (sqlite3_prepare_v3(f->db, statements[i].sql, -1,
			SQLITE_PREPARE_PERSISTENT, &f->changes[i],
			NULL) != SQLITE_OK)
			return -1;
	return 0;
}

void
store_work_release(struct store_file *f)
{
	for (int i = 0; i < STORE_CHANGES; i++) {
		sqlite3_finalize(f->changes[i]);
		f->changes[i] = NULL;
	}
}

/* The bytes stay until the statement was run. */
static int
bind(sqlite3_stmt *to, int at, const struct store_value *value)
{
	switch (value->type) {
	case STORE_INTEGER:
		return sqlite3_bind_int64(to, at, value->number);
	case STORE_STRING:
		return sqlite3_bind_text64(to, at,
		    value->len > 0 ? value->bytes : "", value->len,
		    SQLITE_STATIC, SQLITE_UTF8);
	case STORE_BLOB:
		return value->len > 0 ?
		    sqlite3_bind_blob64(
			to, at, value->bytes, value->len, SQLITE_STATIC) :
		    sqlite3_bind_zeroblob(to, at, 0);
	case STORE_TYPES:
		break;
	}
	return SQLITE_MISUSE;
}

/* SQLITE_OK, or what failed. */
static int
run(sqlite3_stmt *change, const struct store_value *values, int count)
{
	int error = SQLITE_OK;

	for (int i = 0; i < count && error == SQLITE_OK; i++)
		error = bind(change, i + 1, &values[i]);
	if (error == SQLITE_OK)
		error = sqlite3_step(change);
	sqlite3_reset(change);
	return error == SQLITE_DONE ? SQLITE_OK : error;
}

static int
run_all(struct store_file *f, const void *changes, size_t len)
{
	struct store_value values[STORE_VALUES_MAX];
	enum store_change change;
	struct reader r;
	int error = SQLITE_OK, count;

	reader_init(&r, changes, len);
	while (r.left > 0 && error == SQLITE_OK) {
		count = store_change_get(&r, &change, values);
		if (count != statements[change].values)
			return SQLITE_MISUSE;
		error = run(f->changes[change], values, count);
	}
	return error;
}

/* Nothing that went to a file without a name would be found again. */
static int
check_name(struct store_file *f)
{
	int moved = 0;

	return sqlite3_file_control(f->db, "main", SQLITE_FCNTL_HAS_MOVED,
		   &moved) == SQLITE_OK &&
		moved ?
	    SQLITE_READONLY_DBMOVED :
	    SQLITE_OK;
}

int
store_work_apply(
    struct store_file *f, const void *changes, size_t len, char why[128])
{
	int error = check_name(f);

	if (error == SQLITE_OK)
		error =
		    sqlite3_exec(f->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (error == SQLITE_OK)
		error = run_all(f, changes, len);
	if (error == SQLITE_OK)
		error = sqlite3_exec(f->db, "COMMIT", NULL, NULL, NULL);
	if (error == SQLITE_OK)
		return 0;
	snprintf(why, 128, "%s",
	    error == SQLITE_READONLY_DBMOVED ?
		"the file was removed or replaced" :
		sqlite3_errstr(error));
	if (!sqlite3_get_autocommit(f->db))
		sqlite3_exec(f->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "broker/store_file.h"

/*
 * Each brings the database from the version that is its index to the next.
 * Once released, a step never changes: what is new is another step.
 */
static const char *const steps[] = {
	"CREATE TABLE budgets("
	"  subject TEXT PRIMARY KEY,"
	"  full_us INTEGER NOT NULL,"
	"  day INTEGER NOT NULL,"
	"  used INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE suspensions("
	"  kind TEXT NOT NULL,"
	"  name TEXT NOT NULL,"
	"  text TEXT NOT NULL,"
	"  by TEXT NOT NULL,"
	"  since INTEGER NOT NULL,"
	"  PRIMARY KEY(kind, name)"
	") STRICT;"
	"CREATE TABLE repeats("
	"  key BLOB PRIMARY KEY,"
	"  seq INTEGER NOT NULL,"
	"  made INTEGER NOT NULL,"
	"  expires INTEGER NOT NULL,"
	"  answer BLOB NOT NULL"
	") STRICT;",
};
#define STEPS ((int)(sizeof(steps) / sizeof(steps[0])))

static const char objects[] =
    "SELECT type, name, tbl_name, ifnull(sql, '') FROM sqlite_schema "
    "ORDER BY type, name";

static int
version_of(sqlite3 *db)
{
	sqlite3_stmt *query;
	int version = -1;

	if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &query, NULL) !=
	    SQLITE_OK)
		return -1;
	if (sqlite3_step(query) == SQLITE_ROW)
		version = sqlite3_column_int(query, 0);
	sqlite3_finalize(query);
	return version;
}

static int
take_step(sqlite3 *db, int from)
{
	char version[64];

	snprintf(
	    version, sizeof(version), "PRAGMA user_version = %d", from + 1);
	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_exec(db, steps[from], NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(db, version, NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return -1;
}

int
store_schema_make(sqlite3 *db)
{
	int version = version_of(db);

	if (version < 0)
		return -1;
	for (; version < STEPS; version++)
		if (take_step(db, version) == -1)
			return -1;
	return 0;
}

static bool
is_same_row(sqlite3_stmt *a, sqlite3_stmt *b)
{
	for (int i = 0; i < sqlite3_column_count(a); i++) {
		const char *one = (const char *)sqlite3_column_text(a, i);
		const char *two = (const char *)sqlite3_column_text(b, i);

		if (one == NULL || two == NULL || strcmp(one, two) != 0)
			return false;
	}
	return true;
}

static bool
are_same(sqlite3_stmt *a, sqlite3_stmt *b)
{
	int one, two;

	do {
		one = sqlite3_step(a);
		two = sqlite3_step(b);
	} while (one == SQLITE_ROW && two == SQLITE_ROW && is_same_row(a, b));
	return one == SQLITE_DONE && two == SQLITE_DONE;
}

/* A trigger or a view that somebody added would be run by our statements. */
static bool
is_ours(sqlite3 *db)
{
	sqlite3_stmt *found = NULL, *wanted = NULL;
	sqlite3 *model = NULL;
	bool same = sqlite3_open(":memory:", &model) == SQLITE_OK &&
	    store_schema_make(model) == 0 &&
	    sqlite3_prepare_v2(db, objects, -1, &found, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(model, objects, -1, &wanted, NULL) ==
		SQLITE_OK &&
	    are_same(found, wanted);

	sqlite3_finalize(found);
	sqlite3_finalize(wanted);
	sqlite3_close(model);
	return same;
}

int
store_schema_check(sqlite3 *db, struct text_error *reterr)
{
	int version = version_of(db);

	if (version > STEPS)
		return text_fail(reterr, 0,
		    "was written by a newer countersign (version %d; this one "
		    "knows %d): install that one again, or restore the file "
		    "from a backup of before",
		    version, STEPS);
	if (version < STEPS || !is_ours(db))
		return text_fail(reterr, 0,
		    "is no state of countersign's (its tables are others): "
		    "restore it from a backup, or move it away to begin "
		    "without budgets used up and without suspensions");
	return 0;
}

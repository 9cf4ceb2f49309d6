/* SPDX-License-Identifier: Apache-2.0 */
/* Rows, out of the database and into it. */
#include <string.h>

#include "broker/store_private.h"

/* A row as it is read: what is not as it must be makes it bad. */
struct row {
	sqlite3_stmt *query;
	int at;
	bool bad;
};

static int64_t
get_integer(struct row *row)
{
	int at = row->at++;

	if (sqlite3_column_type(row->query, at) != SQLITE_INTEGER)
		row->bad = true;
	return sqlite3_column_int64(row->query, at);
}

/* Of whole UTF-8, and short. */
static const char *
get_text(struct row *row)
{
	int at = row->at++;
	const char *text;
	size_t len;

	if (sqlite3_column_type(row->query, at) != SQLITE_TEXT) {
		row->bad = true;
		return "";
	}
	text = (const char *)sqlite3_column_text(row->query, at);
	len = (size_t)sqlite3_column_bytes(row->query, at);
	if (text != NULL && len < STORE_TEXT && strlen(text) == len &&
	    text_is_utf8(text, len))
		return text;
	row->bad = true;
	return "";
}

static const uint8_t *
get_blob(struct row *row, size_t max, size_t *ret_len)
{
	int at = row->at++;

	*ret_len = 0;
	if (sqlite3_column_type(row->query, at) != SQLITE_BLOB ||
	    (size_t)sqlite3_column_bytes(row->query, at) > max) {
		row->bad = true;
		return NULL;
	}
	*ret_len = (size_t)sqlite3_column_bytes(row->query, at);
	return sqlite3_column_blob(row->query, at);
}

/* Who takes the rows, and how they are read. */
struct reading {
	const char *table, *sql;
	bool (*take)(const struct reading *, struct row *);
	union {
		store_budget_fn *budget;
		store_suspension_fn *suspension;
		store_repeat_fn *repeat;
	} fn;
	void *arg;
};

static bool
take_budget(const struct reading *reading, struct row *row)
{
	struct store_budget budget = {
		.subject = get_text(row),
		.full_us = get_integer(row),
		.day = get_integer(row),
		.used = (uint64_t)get_integer(row),
	};

	return !row->bad && reading->fn.budget(reading->arg, &budget);
}

static bool
take_suspension(const struct reading *reading, struct row *row)
{
	struct store_suspension suspension = {
		.kind = get_text(row),
		.name = get_text(row),
		.text = get_text(row),
		.by = get_text(row),
		.since = get_integer(row),
	};

	return !row->bad && reading->fn.suspension(reading->arg, &suspension);
}

static bool
take_repeat(const struct reading *reading, struct row *row)
{
	struct store_repeat repeat = { .key = NULL };
	size_t len;

	repeat.key = get_blob(row, STORE_KEY, &len);
	repeat.seq = (uint64_t)get_integer(row);
	repeat.made = get_integer(row);
	repeat.expires = get_integer(row);
	repeat.answer = get_blob(row, STORE_BYTES, &repeat.len);
	return !row->bad && len == STORE_KEY &&
	    reading->fn.repeat(reading->arg, &repeat);
}

static int
each(struct store *s, const struct reading *reading, struct text_error *reterr)
{
	struct row row = { .query = NULL };
	int got, rv = 0;

	if (sqlite3_prepare_v2(
		s->file.db, reading->sql, -1, &row.query, NULL) != SQLITE_OK)
		return store_file_fail(&s->file, reterr);
	while ((got = sqlite3_step(row.query)) == SQLITE_ROW) {
		row.at = 0;
		if (!reading->take(reading, &row))
			break;
	}
	if (got == SQLITE_ROW)
		rv = text_fail(reterr, 0,
		    "is damaged (a row of %s is none of ours): restore it "
		    "from a backup, or move it away to begin without budgets "
		    "used up and without suspensions",
		    reading->table);
	else if (got != SQLITE_DONE)
		rv = store_file_fail(&s->file, reterr);
	sqlite3_finalize(row.query);
	return rv;
}

int
store_each_budget(
    struct store *s, store_budget_fn *fn, void *arg, struct text_error *reterr)
{
	const struct reading reading = {
		.table = "budgets",
		.sql = "SELECT subject, full_us, day, used FROM budgets",
		.take = take_budget,
		.fn.budget = fn,
		.arg = arg,
	};

	return each(s, &reading, reterr);
}

int
store_each_suspension(struct store *s, store_suspension_fn *fn, void *arg,
    struct text_error *reterr)
{
	const struct reading reading = {
		.table = "suspensions",
		.sql = "SELECT kind, name, text, by, since FROM suspensions "
		       "ORDER BY rowid",
		.take = take_suspension,
		.fn.suspension = fn,
		.arg = arg,
	};

	return each(s, &reading, reterr);
}

int
store_each_repeat(
    struct store *s, store_repeat_fn *fn, void *arg, struct text_error *reterr)
{
	const struct reading reading = {
		.table = "repeats",
		.sql = "SELECT key, seq, made, expires, answer FROM repeats "
		       "ORDER BY rowid",
		.take = take_repeat,
		.fn.repeat = fn,
		.arg = arg,
	};

	return each(s, &reading, reterr);
}

static uint64_t
add(struct store *s, enum store_change change, const struct store_value *values,
    unsigned count)
{
	if (s == NULL || !store_has_room(s, store_change_size(values, count)) ||
	    store_change_add(&s->queue, change, values, count) == -1)
		return 0;
	s->in_queue++;
	return store_ticket(s);
}

uint64_t
store_put_budget(struct store *s, const struct store_budget *budget)
{
	const struct store_value values[] = {
		store_string(budget->subject),
		store_integer(budget->full_us),
		store_integer(budget->day),
		store_integer((int64_t)budget->used),
	};

	return add(s, PUT_BUDGET, values, 4);
}

uint64_t
store_drop_budget(struct store *s, const char *subject)
{
	const struct store_value values[] = { store_string(subject) };

	return add(s, DROP_BUDGET, values, 1);
}

uint64_t
store_put_suspension(struct store *s, const struct store_suspension *suspension)
{
	const struct store_value values[] = {
		store_string(suspension->kind),
		store_string(suspension->name),
		store_string(suspension->text),
		store_string(suspension->by),
		store_integer(suspension->since),
	};

	return add(s, PUT_SUSPENSION, values, 5);
}

uint64_t
store_drop_suspension(struct store *s, const char *kind, const char *name)
{
	const struct store_value values[] = {
		store_string(kind),
		store_string(name),
	};

	return add(s, DROP_SUSPENSION, values, 2);
}

uint64_t
store_put_repeat(struct store *s, const struct store_repeat *repeat)
{
	const struct store_value values[] = {
		store_blob(repeat->key, STORE_KEY),
		store_integer((int64_t)repeat->seq),
		store_integer(repeat->made),
		store_integer(repeat->expires),
		store_blob(repeat->answer, repeat->len),
	};

	return add(s, PUT_REPEAT, values, 5);
}

uint64_t
store_drop_repeat(struct store *s, const uint8_t key[static STORE_KEY])
{
	const struct store_value values[] = { store_blob(key, STORE_KEY) };

	return add(s, DROP_REPEAT, values, 1);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "review/tally.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX (TALLY_NAME / 3 - 1)

void
tally_init(struct tally *t, uint32_t first_id)
{
	*t = (struct tally){ .max = TALLY_ROWS,
		.first_id = first_id,
		.rest = { .name = "(others)", .id = first_id + TALLY_ROWS } };
}

static void
row_free(struct row *row)
{
	free(row->detail);
	free(row);
}

static void
keep(void *row)
{
	(void)row;
}

void
tally_release(struct tally *t)
{
	tdestroy(t->root, keep);
	for (size_t i = 0; i < t->count; i++)
		row_free(t->rows[i]);
	free(t->rows);
	free(t->rest.detail);
	tally_init(t, t->first_id);
}

static int
by_name(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* The name lies behind the row. */
static struct row *
row_new(const char *name)
{
	size_t size = strlen(name) + 1;
	struct row *row = calloc(1, sizeof(*row) + size);

	if (row != NULL)
		row->name = memcpy(row + 1, name, size);
	return row;
}

static bool
make_room(struct tally *t)
{
	size_t room = t->room == 0 ? 16 : 2 * t->room;
	struct row **rows;

	if (t->count < t->room)
		return true;
	if ((rows = reallocarray(t->rows, room, sizeof(*rows))) == NULL)
		return false;
	t->rows = rows;
	t->room = room;
	return true;
}

struct row *
tally_row(struct tally *t, const char *name)
{
	struct row probe = { .name = name }, *row;
	struct row *const *found = tfind(&probe, &t->root, by_name);

	if (found != NULL)
		return *found;
	if (t->count == t->max || !make_room(t))
		return &t->rest;
	if ((row = row_new(name)) == NULL)
		return &t->rest;
	if (tsearch(row, &t->root, by_name) == NULL) {
		row_free(row);
		return &t->rest;
	}
	row->id = t->first_id + (uint32_t)t->count;
	t->rows[t->count++] = row;
	return row;
}

struct row *
tally_join(struct tally *t, const char *a, const char *b, const char *c)
{
	const char *const words[] = { a, b, c };
	char name[TALLY_NAME], *at = name;

	for (size_t i = 0; i < 3; i++) {
		at = mempcpy(at, words[i], strnlen(words[i], WORD_MAX));
		*at++ = i < 2 ? '\t' : '\0';
	}
	return tally_row(t, name);
}

const char *
tally_part(const struct row *row, unsigned part, char ret[static TALLY_NAME])
{
	const char *at = row->name, *tab;

	while (part > 0 && (tab = strchr(at, '\t')) != NULL) {
		at = tab + 1;
		part--;
	}
	if (part > 0)
		at = "";
	snprintf(ret, TALLY_NAME, "%.*s", (int)strcspn(at, "\t"), at);
	return ret;
}

void
row_count(struct row *row, enum tally_count what, uint64_t time_us)
{
	bool first = row_sum(row) == 0;

	row->count[what]++;
	if (first || time_us < row->first_us)
		row->first_us = time_us;
	if (first || time_us > row->last_us)
		row->last_us = time_us;
}

void
row_detail(struct row *row, const char *detail)
{
	if (row->detail == NULL)
		row->detail = strdup(detail);
}

uint64_t
row_sum(const struct row *row)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < TALLY_COUNTS; i++)
		sum += row->count[i];
	return sum;
}

/* A login alone weighs less than anything that was asked for. */
static int
by_sum(const void *a, const void *b)
{
	const struct row *const *x = a, *const *y = b;
	uint64_t left = row_sum(*x) - (*x)->count[TALLY_LOGINS];
	uint64_t right = row_sum(*y) - (*y)->count[TALLY_LOGINS];

	if (left == right) {
		left = (*x)->count[TALLY_LOGINS];
		right = (*y)->count[TALLY_LOGINS];
	}
	if (left != right)
		return left < right ? 1 : -1;
	return strcmp((*x)->name, (*y)->name);
}

size_t
tally_sorted(const struct tally *t, const struct row ***ret)
{
	const struct row **list = calloc(t->count + 1, sizeof(*list));
	size_t count = 0;

	*ret = list;
	if (list == NULL)
		return 0;
	for (size_t i = 0; i < t->count; i++)
		if (row_sum(t->rows[i]) > 0)
			list[count++] = t->rows[i];
	qsort(list, count, sizeof(*list), by_sum);
	if (row_sum(&t->rest) > 0)
		list[count++] = &t->rest;
	return count;
}

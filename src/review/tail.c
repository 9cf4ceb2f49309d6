/* SPDX-License-Identifier: Apache-2.0 */
#include "review/tail.h"

#include <stdlib.h>
#include <string.h>

struct line {
	char *text;
	size_t len;
};

struct tail {
	size_t max;
	size_t first, count; /* in list, which is used as a ring */
	size_t size;
	struct line *list;
	char *taken;
};

struct tail *
tail_new(size_t count)
{
	struct tail *t = calloc(1, sizeof(*t));

	if (t != NULL)
		t->max = count;
	return t;
}

void
tail_free(struct tail *t)
{
	size_t len;

	if (t == NULL)
		return;
	while (tail_take(t, &len) != NULL)
		continue;
	free(t->list);
	free(t);
}

/* Until the ring is as large as it may be, it begins at its first element. */
static bool
grow(struct tail *t)
{
	size_t size = t->size != 0 ? 2 * t->size : 64;
	struct line *list;

	if (size > t->max)
		size = t->max;
	if ((list = realloc(t->list, size * sizeof(*list))) == NULL)
		return false;
	t->list = list;
	t->size = size;
	return true;
}

bool
tail_add(struct tail *t, const char *line, size_t len)
{
	char *text = malloc(len + 1);
	struct line *to;

	if (text == NULL)
		return false;
	if (t->count == t->size && t->size < t->max && !grow(t)) {
		free(text);
		return false;
	}
	if (t->count == t->size) {
		free(t->list[t->first].text);
		t->first = (t->first + 1) % t->size;
		t->count--;
	}
	to = &t->list[(t->first + t->count++) % t->size];
	memcpy(text, line, len);
	text[len] = '\0';
	to->text = text;
	to->len = len;
	return true;
}

const char *
tail_take(struct tail *t, size_t *ret_len)
{
	free(t->taken);
	t->taken = NULL;
	if (t->count == 0)
		return NULL;
	t->taken = t->list[t->first].text;
	*ret_len = t->list[t->first].len;
	t->first = (t->first + 1) % t->size;
	t->count--;
	return t->taken;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "review/notes.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

void
notes_release(struct notes *n)
{
	for (size_t i = 0; i < n->count; i++) {
		free(n->list[i].event);
		free(n->list[i].text);
	}
	free(n->list);
	*n = (struct notes){ 0 };
}

static bool
make_room(struct notes *n)
{
	size_t room = n->room == 0 ? 16 : 2 * n->room;
	struct saying *list;

	if (n->count == NOTES_MAX)
		return false;
	if (n->count < n->room)
		return true;
	if ((list = reallocarray(n->list, room, sizeof(*list))) == NULL)
		return false;
	n->list = list;
	n->room = room;
	return true;
}

/* What the text or the columns say already, and what no person reads. */
static bool
is_noise(const char *text, const struct field *field)
{
	const char *name = field->name;
	static const char *const noise[] = { "seq", "prev", "root", "nodes",
		"signature", "conn", "pid", "sig", "us", "id" };

	for (size_t i = 0; i < sizeof(noise) / sizeof(noise[0]); i++)
		if (strcmp(name, noise[i]) == 0)
			return true;
	if (strcmp(name, "outcome") == 0 && strcmp(field->value, "ok") == 0)
		return true;
	return strlen(field->value) > 2 && strstr(text, field->value) != NULL;
}

/* "TEXT (what step, from ..., to ...)" */
static char *
describe(const struct fields *f)
{
	const char *before = *f->text != '\0' ? " (" : "";
	struct buf out;
	char *text = NULL;

	buf_init(&out, RECORD_MAX * 2);
	buf_adds(&out, f->text);
	for (size_t i = 0; i < f->count; i++) {
		if (is_noise(f->text, &f->field[i]))
			continue;
		buf_addf(&out, "%s%s %s", before, f->field[i].name,
		    f->field[i].value);
		before = ", ";
	}
	if (*f->text != '\0' && strcmp(before, ", ") == 0)
		buf_add(&out, ")", 1);
	if (!out.bad)
		text = strndup(buf_at(&out), buf_len(&out));
	buf_release(&out);
	return text;
}

void
notes_add(struct notes *n, const struct fields *f)
{
	struct saying *one;

	n->total++;
	if (!make_room(n))
		return;
	one = &n->list[n->count];
	*one = (struct saying){ .time_us = f->time_us, .seq = f->seq };
	one->event = strdup(f->event);
	one->text = describe(f);
	if (one->event == NULL || one->text == NULL) {
		free(one->event);
		free(one->text);
		return;
	}
	n->count++;
}

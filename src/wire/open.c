/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/open.h"

#include <string.h>

#include "base/text.h"

bool
variable_is_name(const char *name)
{
	size_t len = 0;

	for (; name[len] != '\0'; len++)
		if (!char_is_alpha(name[len]) && name[len] != '_' &&
		    !(len > 0 && char_is_digit(name[len])))
			return false;
	return len > 0 && len < VARIABLE_SIZE;
}

struct variable *
variables_find(struct variables *list, const char *name)
{
	for (unsigned i = 0; i < list->count; i++)
		if (strcmp(list->item[i].name, name) == 0)
			return &list->item[i];
	return NULL;
}

static void
variables_put(struct writer *w, const struct variables *m)
{
	put_u8(w, m->count);
	for (unsigned i = 0; i < m->count; i++) {
		put_str(w, m->item[i].name);
		put_str(w, m->item[i].value);
	}
}

/* ret->count says how many of them can be looked at. */
static void
variables_get(struct reader *r, struct variables *ret)
{
	unsigned count = get_enum(r, WIRE_VARIABLES);

	ret->count = 0;
	for (unsigned i = 0; i < count && !r->bad; i++) {
		struct variable *v = &ret->item[i];

		get_str(r, v->name, sizeof(v->name));
		get_str(r, v->value, sizeof(v->value));
		if (!variable_is_name(v->name) ||
		    variables_find(ret, v->name) != NULL)
			reader_fail(r);
		ret->count++;
	}
}

void
open_request_put(struct writer *w, const struct open_request *m)
{
	wire_put_type(w, WIRE_OPEN);
	put_u32(w, m->channel);
	put_u8(w, (uint8_t)m->how);
	put_str(w, m->command);
	variables_put(w, &m->env);
}

bool
open_request_get(struct reader *r, struct open_request *ret)
{
	ret->channel = get_u32(r);
	ret->how = (enum open_how)get_enum(r, OPEN_HOW_COUNT - 1);
	get_str(r, ret->command, sizeof(ret->command));
	variables_get(r, &ret->env);
	return reader_done(r);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "session/env.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

bool
env_set(struct variables **list, const char *name, const char *value)
{
	struct variable *v;

	if (!variable_is_name(name) || strlen(value) >= VARIABLE_VALUE_SIZE)
		return false;
	if (*list == NULL && (*list = calloc(1, sizeof(**list))) == NULL)
		return false;
	if ((v = variables_find(*list, name)) == NULL) {
		if ((*list)->count == WIRE_VARIABLES)
			return false;
		v = &(*list)->item[(*list)->count++];
		text_copy(v->name, sizeof(v->name), name);
	}
	return text_copy(v->value, sizeof(v->value), value);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/bundle.h"

#include <stdlib.h>
#include <string.h>

int
bundle_add(struct bundle *bundle, const char *name, char *text, size_t len)
{
	struct bundle_file *list;
	char *copy = strdup(name);

	list = reallocarray(bundle->list, bundle->count + 1, sizeof(*list));
	if (list != NULL)
		bundle->list = list;
	if (list == NULL || copy == NULL) {
		free(copy);
		free(text);
		return -1;
	}
	list[bundle->count++] = (struct bundle_file){ copy, text, len };
	return 0;
}

const struct bundle_file *
bundle_find(const struct bundle *bundle, const char *name)
{
	for (size_t i = 0; i < bundle->count; i++)
		if (strcmp(bundle->list[i].name, name) == 0)
			return &bundle->list[i];
	return NULL;
}

void
bundle_release(struct bundle *bundle)
{
	for (size_t i = 0; i < bundle->count; i++) {
		free(bundle->list[i].name);
		free(bundle->list[i].text);
	}
	free(bundle->list);
	*bundle = (struct bundle){ NULL, 0 };
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/zones.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "policy/zones.h"

static void
read_zone(struct tree *tree, size_t number, conf_seen_fn *seen, void *seen_arg)
{
	char path[sizeof(CONF_ZONES) + ZONE_NAME_MAX + 1], *data;
	struct text_error error;
	size_t len;

	snprintf(path, sizeof(path), CONF_ZONES "/%s",
	    tree_zone_wanted(tree, number));
	if (file_load(path, FILE_CONFIG, ZONE_FILE_MAX, &data, &len, &error) ==
	    -1) {
		tree_zone_lacks(tree, number, error.what);
		return;
	}
	tree_zone(tree, number, data, len);
	if (seen != NULL)
		seen(seen_arg, path, data, len);
	free(data);
}

void
conf_zones(struct tree *tree, conf_seen_fn *seen, void *seen_arg)
{
	for (size_t i = 0; i < tree_zones(tree); i++)
		if (tree_zone_wanted(tree, i) != NULL)
			read_zone(tree, i, seen, seen_arg);
}

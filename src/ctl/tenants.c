/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/tenants.h"

size_t
tell_tenants(FILE *out, const struct tree *tree)
{
	size_t bad = 0;

	for (size_t i = 0; i < tree_tenants(tree); i++) {
		const struct tenant *tenant = tree_tenant(tree, i);

		if (tenant->error == NULL)
			continue;
		fprintf(out, "tenant %s has errors: %s\n", tenant->name,
		    tenant->kept ? "its last good files would stay" :
				   "it would have nothing");
		bad++;
	}
	return bad;
}

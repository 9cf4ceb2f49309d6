/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a file of authorized_keys.d: each key that is taken in is found
 * by its blob, has a principal and a profile, and every error has a line.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
told(void *arg, const struct text_error *error)
{
	(void)arg;
	if (error->line == 0 || error->what[0] == '\0' ||
	    error->file[0] == '\0')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char profiles[] = "[profile ci]\n";
	struct tree *tree = tree_new("/etc/cs", NULL, 0);

	if (tree == NULL)
		return 0;
	tree_add(tree, TREE_PROFILES, "profiles.d/p.conf", profiles,
	    strlen(profiles), told, NULL);
	tree_add(tree, TREE_AUTHORIZED, "authorized_keys.d/a",
	    (const char *)data, len, told, NULL);
	for (size_t i = 0; i < tree_clients(tree); i++) {
		const struct client_key *c = tree_client(tree, i);

		if (tree_client_by_blob(tree, c->blob, c->blob_len) != c ||
		    c->principal[0] == '\0' || c->profile == NULL)
			abort();
	}
	tree_free(tree);
	return 0;
}

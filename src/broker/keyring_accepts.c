/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyring_accepts, declared in broker/keyring.h: a mistake in a renewal must
 * not take a key away that signs.
 */
#include <string.h>

#include "broker/keyring.h"

/* The generation of the same name with the same object, or NULL. */
static const struct generation *
successor(const struct key *key, const struct tree *tree)
{
	const struct signing_key *conf = tree_key_by_name(tree, key->name);
	const struct generation *g = key->generation[0] != '\0' ?
	    tree_generation_by_name(tree, key->generation) :
	    conf != NULL ? key_own(conf) :
			   NULL;

	if (g == NULL || strcmp(g->of, key->name) != 0 ||
	    strcmp(g->token->name, key->token) != 0 ||
	    strcmp(g->object, key->object) != 0)
		return NULL;
	return g;
}

static int
accept(struct key *key, const struct generation *g, struct text_error *reterr)
{
	struct key_files files;
	char why[MESSAGE_SIZE];
	int rv;

	if (key_files_are(&key->files, g))
		return 0;
	if (key_files_read(&files, g) == -1)
		return text_fail(reterr, 0, "no memory");
	rv = key_files_check(&files, key->spki, key->spki_len, why);
	if (rv == -1)
		text_fail(reterr, 0, "%s:%u: key %s: %s", g->rule.file,
		    g->rule.line, g->of, why);
	key_files_release(&files);
	return rv;
}

int
keyring_accepts(const struct keyring *ring, const struct tree *tree,
    struct text_error *reterr)
{
	for (uint32_t i = 0; i < keyring_end(ring); i++) {
		struct key *key = keyring_at(ring, i);
		const struct generation *g;

		if (key == NULL || key->conf == NULL || !key->known ||
		    (g = successor(key, tree)) == NULL ||
		    g->key->tenant != NULL)
			continue;
		if (accept(key, g, reterr) == -1)
			return -1;
	}
	return 0;
}

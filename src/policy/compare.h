/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an admin changed: two trees side by side, thing by thing.
 */
#ifndef CS_POLICY_COMPARE_H
#define CS_POLICY_COMPARE_H

#include "policy/tree.h"

enum change_kind {
	CHANGE_GAINED,
	CHANGE_LOST,
	CHANGE_CHANGED,
};

enum change_object {
	CHANGE_SERVER, /* countersign.conf */
	CHANGE_TOKEN,
	CHANGE_KEY, /* with its own object's certificate */
	CHANGE_GENERATION,
	CHANGE_TENANT, /* its bounds; what it holds is told by itself */
	CHANGE_PROFILE,
	CHANGE_CLIENT,
};

/* Points into the two trees. */
struct change {
	enum change_kind kind;
	enum change_object object;
	/* struct server_conf, token_conf, signing_key, … or NULL */
	const void *before, *after;
};

struct changes {
	struct change *list;
	size_t count;
};

/* 0, or -1: no memory.  Tokens are not looked at: they stay until a restart. */
int tree_compare(
    const struct tree *before, const struct tree *after, struct changes *ret);
void changes_release(struct changes *);

const char *change_kind_word(enum change_kind); /* "gained" */
const char *change_object_word(enum change_object); /* "profile" */
/* The name of the token, key, generation or profile, a client key's principal;
 * "" for server. */
const char *change_of(const struct change *);
/* Whose it is, or was; NULL: the tree's own. */
const struct tenant *change_tenant(const struct change *);
/* Where it stands, or stood. */
struct rule change_rule(const struct change *);
/*
 * Of something changed, the words that are written in another way now,
 * separated by blanks and cut where they do not fit.
 */
#define CHANGE_WORDS 256
void change_words(const struct change *, char ret[static CHANGE_WORDS]);

#endif

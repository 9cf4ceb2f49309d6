/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tree is made of: for the modules that fill it in.
 */
#ifndef CS_POLICY_PRIVATE_H
#define CS_POLICY_PRIVATE_H

#include "policy/arena.h"
#include "policy/table.h"
#include "policy/tree.h"

/* A generation, and what is only needed until the tree is finished. */
struct generation_row {
	struct generation generation;
	const char *path[KEY_FILES];
	struct rule path_rule[KEY_FILES];
	struct rule of_rule, token_rule, object_rule;
	struct rule extractable_rule, short_rule, expired_rule;
	bool complete; /* its section is good */
};

/* A signing key; its own object's token is the generations' default, too. */
struct key_row {
	struct signing_key key;
	struct generation_row own;
	bool complete;
};

/* How many rows there were. */
struct mark {
	size_t keys, generations, profiles, clients, tenants;
};

struct tree {
	struct arena arena;
	const char *dir;
	const struct format_word *formats;
	size_t format_count;

	struct server_conf server;
	struct rows tokens, keys, generations, profiles, clients, tenants,
	    zones, hours;
	struct index token_names, key_names, generation_names, profile_names;
	struct index client_blobs, tenant_names, zone_names, hours_texts;

	/* Whose files are being taken in (NULL: the tree's own), since when,
	 * and the tree that was in force before, or NULL. */
	const struct tenant *tenant;
	struct mark mark;
	const struct tree *before;
	bool replay; /* see tree_replay */
};

/* The classes of formats that there are. */
const struct format_word *tree_format(const struct tree *, const char *name);

/* By name, or NULL. */
struct token_conf *tree_find_token(const struct tree *, const char *name);
struct key_row *tree_find_key(const struct tree *, const char *name);
struct generation_row *tree_find_generation(
    const struct tree *, const char *name);
/* allow-expired-certificate has something to be about: 0, or -1. */
int row_check_expired(const struct generation_row *, struct text_error *);
struct profile *tree_find_profile(const struct tree *, const char *name);

/* One file that is being taken in: who hears of errors, and how many. */
struct intake {
	struct tree *tree;
	const char *file; /* the tree's copy of its name */
	const char *path; /* absolute */
	text_error_fn *told;
	void *told_arg;
	unsigned errors;
};

void intake_tell(struct intake *, struct text_error *);
/* The same for a line of any file. */
void intake_fail(struct intake *, const char *file, unsigned line,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif

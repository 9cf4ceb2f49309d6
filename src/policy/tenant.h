/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tenants: teams that govern their own keys, profiles and client keys, inside
 * the bounds that [tenant NAME] sets.
 *
 * What a tenant's files name is scoped: key `release' of tenant `team' is
 * "team/release", and its names mean things of the tenant alone.  A tenant
 * may hold tenants; a request must be allowed by all of them up to the root,
 * so that bounds can only narrow.
 */
#ifndef CS_POLICY_TENANT_H
#define CS_POLICY_TENANT_H

#include "policy/tree.h"

/* What the files of one tenant may add, so that none takes all memory. */
#define TENANT_KEYS_MAX 1000
#define TENANT_GENERATIONS_MAX 4000 /* keys' own objects included */
#define TENANT_PROFILES_MAX 10000
#define TENANT_CLIENTS_MAX 100000
#define TENANT_TENANTS_MAX 64
/* A tenant of a tenant of a … */
#define TENANT_DEPTH_MAX 4

#define TENANT_PATH_SIZE 256

struct tenant {
	const char *name; /* scoped: "team", "team/infra" */
	const struct tenant *parent; /* or NULL */
	const char *owner; /* a user's name, or a number */
	struct names tokens, objects, uses; /* not given: none, none, all */
	struct limits limits;
	struct rule rule;
	const char *said; /* its lines */
	size_t index; /* 0 to tree_tenants() - 1 */
	unsigned depth; /* 1: in the tree itself */

	/* Of who loads the tree: is the owner's number known, and which? */
	bool has_uid;
	uint32_t uid;
	/* The first thing wrong with its files, or NULL; and are those that
	 * were good before in force instead?  Otherwise none are. */
	const char *error;
	bool kept;
	uint64_t since_us; /* of who runs the tree: when that was found */
};

size_t tree_tenants(const struct tree *);
const struct tenant *tree_tenant(const struct tree *, size_t index);
const struct tenant *tree_tenant_by_name(const struct tree *, const char *);

/* "tenants/team/tenants/infra", below the tree's folder. */
void tenant_folder(const struct tenant *, char ret[TENANT_PATH_SIZE]);
/*
 * An absolute path without "." and "..", as below the tree's folder: 0 when it
 * is in the tenant's folder, otherwise -1.  ret may be NULL.
 */
int tenant_path(
    const struct tree *, const struct tenant *, const char *path, char *ret);
/*
 * What the tenant and all around it allow, NULL allowing everything.  The
 * rule of who refuses goes to *ret_rule.
 */
bool tenant_allows_format(
    const struct tenant *, const char *format, struct rule *ret_rule);
bool tenant_allows_hash(
    const struct tenant *, enum hash, struct rule *ret_rule);

/* Is it this one, or inside of it? */
bool tenant_within(const struct tenant *, const struct tenant *outer);

/*
 * What is added from now on, and checked by tree_finish, is this tenant's.
 * before (or NULL) is the tree that was in force: client keys that it has stay
 * with the tenant that has them there, as long as there is such a tenant.
 */
void tree_enter(
    struct tree *, const struct tenant *, const struct tree *before);
/*
 * What is added now was in force before: client keys that are somebody else's
 * by now are passed over.
 */
void tree_replay(struct tree *);
/* Takes out all that was added since. */
void tree_undo(struct tree *);

void tree_tenant_owner(struct tree *, const struct tenant *, uint32_t uid);
/* Notes what is wrong with its files: 0, or -1: no memory. */
int tree_tenant_bad(
    struct tree *, const struct tenant *, const char *error, bool kept);
void tree_tenant_since(struct tree *, const struct tenant *, uint64_t since_us);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration tree in memory: what an admin wrote, checked as a whole.
 *
 * The caller (conf/load.h) hands in each file's text; nothing here reads a
 * file or a clock.  All strings live as long as the tree.  Lookups are by
 * hash table: their cost does not grow with the tree.
 */
#ifndef CS_POLICY_TREE_H
#define CS_POLICY_TREE_H

#include "policy/entry.h"
#include "policy/ini.h"

enum tree_part {
	TREE_SERVER, /* countersign.conf */
	TREE_TOKENS,
	TREE_KEYS,
	TREE_PROFILES,
	TREE_AUTHORIZED,
	TREE_TENANTS,
};

struct tree;

/* dir is the tree's folder; formats stay the caller's.  NULL: no memory. */
struct tree *tree_new(
    const char *dir, const struct format_word *formats, size_t count);
void tree_free(struct tree *);

/*
 * Takes in one file; file is its path below dir ("keys.d/a.conf").  Errors go
 * to told; returns how many.  Parts must be added in the enum's order.
 * text may be freed afterwards.
 */
unsigned tree_add(struct tree *, enum tree_part, const char *file,
    const char *text, size_t len, text_error_fn *told, void *told_arg);

/* A file that a generation names, to be given to tree_file. */
const char *tree_file_path(
    const struct tree *, size_t generation, enum key_file);
/* 0, or -1: it is none of that kind (or no memory). */
/* The same as below the tree's folder, where it is there; and its line. */
const char *tree_file_name(
    const struct tree *, size_t generation, enum key_file);
struct rule tree_file_rule(
    const struct tree *, size_t generation, enum key_file);
int tree_file(
    struct tree *, size_t generation, enum key_file, const char *text);

/*
 * The checks that need the whole tree, or the whole of a tenant (tree_enter,
 * policy/tenant.h); returns how many errors were told.
 */
unsigned tree_finish(struct tree *, text_error_fn *told, void *told_arg);

const struct server_conf *tree_server(const struct tree *);
size_t tree_tokens(const struct tree *);
const struct token_conf *tree_token(const struct tree *, size_t index);
size_t tree_keys(const struct tree *);
const struct signing_key *tree_key(const struct tree *, size_t index);
const struct signing_key *tree_key_by_name(const struct tree *, const char *);
/* Of all keys. */
size_t tree_generations(const struct tree *);
const struct generation *tree_generation(const struct tree *, size_t index);
/* One with an own section. */
const struct generation *tree_generation_by_name(
    const struct tree *, const char *);
/* The one with use = audit, or NULL. */
const struct signing_key *tree_audit_key(const struct tree *);
size_t tree_profiles(const struct tree *);
const struct profile *tree_profile(const struct tree *, size_t index);
const struct profile *tree_profile_by_name(const struct tree *, const char *);
size_t tree_clients(const struct tree *);
const struct client_key *tree_client(const struct tree *, size_t index);
/* By the exact blob. */
const struct client_key *tree_client_by_blob(
    const struct tree *, const void *blob, size_t len);

#endif

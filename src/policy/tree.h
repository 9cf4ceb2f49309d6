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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/words.h"
#include "policy/command.h"
#include "policy/ini.h"

/* Where a rule was written: for records and messages. */
struct rule {
	const char *file; /* relative to the tree's folder */
	unsigned line; /* 0: a default */
};

/* A list of names, NULL-terminated; NULL itself: the word was not given. */
struct names {
	const char **item;
	size_t count;
	struct rule rule;
};

struct listen_address {
	char host[64];
	uint16_t port;
};

#define LISTEN_MAX 16

/* countersign.conf */
struct server_conf {
	struct listen_address listen[LISTEN_MAX];
	size_t listens;
	const char *user; /* the ssh user name, "sign" */
	const char *host_key; /* paths are absolute by now */
	const char *state_dir;
	const char *run_dir;
	const char *net_user, *broker_user, *token_user;
	const char *audit_file;
	/* [limits]; times in seconds */
	uint32_t connections, connections_per_address, unauthenticated;
	uint32_t channels, login_grace, idle_timeout, drain_timeout;
	uint32_t rekey_kib; /* 0: the cipher's own limit */
	uint32_t rekey_interval; /* 0: never by time */
};

struct token_conf {
	const char *name;
	const char *module;
	const char *label;
	const char *serial; /* or NULL */
	const char *pin_file; /* or NULL */
	const char *pin_credential; /* or NULL: $CREDENTIALS_DIRECTORY/NAME */
	const char **environment; /* NAME=VALUE, NULL-terminated, may be NULL */
	bool network;
	uint16_t workers;
	uint32_t timeout_ms;
	struct rule rule;
};

struct signing_key {
	const char *name;
	const struct token_conf *token;
	const char *object;
	bool wrapped; /* use = wrapped; otherwise use = raw */
	bool allow_extractable;
	bool allow_short;
	struct names formats, hashes;
	unsigned hash_set; /* of hashes, or the default ones: 1u << enum hash */
	const char *certificate; /* PEM text, or NULL */
	/* Seconds; from the first, included, to the second, excluded; 0: none
	 */
	int64_t not_before, not_after;
	struct rule rule, use_rule, not_before_rule, not_after_rule;
	size_t index; /* 0 to tree_keys() - 1 */
};

struct profile {
	const char *name;
	struct names keys, verbs, formats, hashes, globs; /* globs: `names` */
	unsigned verb_set; /* 1u << enum verb; all when not given */
	unsigned hash_set; /* all when not given */
	const char *from; /* or NULL */
	const char *default_text; /* or NULL */
	struct command default_command;
	int64_t not_before, not_after;
	uint64_t max_lines; /* 0: none */
	struct rule rule, from_rule, default_rule, max_lines_rule;
	struct rule not_before_rule, not_after_rule;
};

/* As small as it can be: there may be a hundred thousand. */
struct client_key {
	const uint8_t *blob; /* SSH wire form */
	uint32_t blob_len;
	uint32_t line;
	const char *file;
	const char *principal;
	const char *from; /* or NULL */
	const struct profile *profile;
	int64_t expiry; /* seconds; 0: none */
};

/* A format's name and class, from the format folder. */
struct format_word {
	const char *name;
	bool wrapped;
};

enum tree_part {
	TREE_SERVER, /* countersign.conf */
	TREE_TOKENS,
	TREE_KEYS,
	TREE_PROFILES,
	TREE_AUTHORIZED,
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

/* The certificate file that a key names, to be given to tree_certificate. */
const char *tree_certificate_path(const struct tree *, size_t key);
int tree_certificate(struct tree *, size_t key, const char *pem);

/* The checks that need the whole; returns how many errors were told. */
unsigned tree_finish(struct tree *, text_error_fn *told, void *told_arg);

const struct server_conf *tree_server(const struct tree *);
size_t tree_tokens(const struct tree *);
const struct token_conf *tree_token(const struct tree *, size_t index);
size_t tree_keys(const struct tree *);
const struct signing_key *tree_key(const struct tree *, size_t index);
const struct signing_key *tree_key_by_name(const struct tree *, const char *);
size_t tree_profiles(const struct tree *);
const struct profile *tree_profile(const struct tree *, size_t index);
size_t tree_clients(const struct tree *);
const struct client_key *tree_client(const struct tree *, size_t index);
/* By the exact blob. */
const struct client_key *tree_client_by_blob(
    const struct tree *, const void *blob, size_t len);

#endif

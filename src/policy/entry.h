/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tree is made of, as its readers see it: one struct for each thing
 * that an admin can write, with the lines that later records will name.
 */
#ifndef CS_POLICY_ENTRY_H
#define CS_POLICY_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/words.h"
#include "policy/command.h"

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

#define COMPRESS_NEVER UINT32_MAX

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
	const char *audit_origin; /* or NULL: HOST/countersign */
	uint32_t checkpoint_records; /* at most so many without a checkpoint */
	uint32_t checkpoint_interval; /* nor so many seconds */
	uint64_t rotate_size; /* bytes; 0: never by size */
	uint32_t rotate_age; /* seconds; 0: never by age */
	uint32_t compress_after; /* seconds; COMPRESS_NEVER */
	uint64_t warn_free; /* bytes; 0: no warning */
	/* [limits]; times in seconds */
	uint32_t connections, connections_per_address, unauthenticated;
	uint32_t channels, login_grace, idle_timeout, drain_timeout;
	uint32_t rekey_kib; /* 0: the cipher's own limit */
	uint32_t rekey_interval; /* 0: never by time */
	const char *said; /* its lines, "word = value"; NULL: none */
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
	bool wrapped; /* use = wrapped */
	bool audit; /* use = audit; neither: use = raw */
	bool allow_extractable;
	bool allow_short;
	const char *notify; /* a tag for who routes records, or NULL */
	struct names formats, hashes;
	unsigned hash_set; /* of hashes, or the default ones: 1u << enum hash */
	const char *certificate; /* PEM text, or NULL */
	/* Seconds; from the first, included, to the second, excluded; 0: none
	 */
	int64_t not_before, not_after;
	struct rule rule, use_rule, not_before_rule, not_after_rule;
	const char *said; /* its lines */
	size_t index; /* 0 to tree_keys() - 1 */
};

struct profile {
	const char *name;
	struct names keys, verbs, formats, hashes, globs; /* globs: `names` */
	unsigned verb_set; /* 1u << enum verb; all when not given */
	unsigned hash_set; /* all when not given */
	const char *from; /* or NULL */
	const char *notify; /* as a key's, or NULL */
	bool log_all; /* log = all; otherwise log = own */
	const char *default_text; /* or NULL */
	struct command default_command;
	int64_t not_before, not_after;
	uint64_t max_lines; /* 0: none */
	struct rule rule, from_rule, default_rule, max_lines_rule;
	struct rule not_before_rule, not_after_rule;
	const char *said; /* its lines */
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

#endif

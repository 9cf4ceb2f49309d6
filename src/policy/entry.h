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
#include "policy/setup.h"

/* A list of names, NULL-terminated; NULL itself: the word was not given. */
struct names {
	const char **item;
	size_t count;
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

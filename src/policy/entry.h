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
#include "policy/format_word.h"
#include "policy/generation.h"
#include "policy/setup.h"

/* A list of names, NULL-terminated; NULL itself: the word was not given. */
struct names {
	const char **item;
	size_t count;
	struct rule rule;
};

/* Whose lines go first: strictly, but nobody waits for ever. */
enum priority {
	PRIORITY_NONE, /* not given: normal */
	PRIORITY_LOW,
	PRIORITY_NORMAL,
	PRIORITY_HIGH,
	PRIORITY_COUNT,
};

/* So many lines in so long. */
struct rate {
	uint32_t lines; /* 0: not given */
	uint32_t seconds;
};

struct hours; /* policy/hours.h */
struct tenant; /* policy/tenant.h */

/*
 * The words that keys and profiles share.  Both must allow.  What is counted
 * is counted for each client key where a profile says it, and for all clients
 * together where a key says it.
 */
struct limits {
	const char *from; /* or NULL */
	const struct hours *hours; /* or NULL: always */
	/* Seconds; from the first, included, to the second, excluded; 0: none
	 */
	int64_t not_before, not_after;
	uint64_t max_lines; /* of a request; 0: none */
	struct rate rate;
	uint32_t burst; /* 0: not given: as many as rate has lines */
	uint32_t concurrency; /* sign requests at a time; 0: none */
	uint64_t per_day; /* lines of a day in UTC; 0: none */
	struct names formats, hashes, verbs, globs, env; /* globs: `names` */
	struct names namespaces;
	unsigned hash_set; /* 1u << enum hash */
	unsigned verb_set; /* 1u << enum verb; all when not given */
	enum priority priority;
	bool suspends; /* on-exceed = suspend */
	uint32_t repeat_window; /* seconds; 0: none */
	const char *purpose; /* a text for people, or NULL */
	const char *notify; /* a tag for who routes records, or NULL */
	struct rule from_rule, hours_rule, not_before_rule, not_after_rule;
	struct rule max_lines_rule, rate_rule, burst_rule, concurrency_rule;
	struct rule per_day_rule, priority_rule, on_exceed_rule;
	uint32_t given; /* 1u << row of limit_words, for each word said */
};

struct signing_key {
	const char *name; /* scoped in a tenant: "team/release" */
	const struct tenant *tenant; /* whose it is; NULL: the tree itself */
	const struct generation **generations; /* by their starts */
	size_t count; /* of them; one or more in a finished tree */
	bool wrapped; /* use = wrapped */
	bool audit; /* use = audit; neither: use = raw */
	bool no_signing_time; /* signing-time = no */
	const char *predicate_type; /* of statements: a URI, or NULL */
	const char *tsa_policy; /* an OID in dots; NULL: no time-stamps */
	uint32_t tsa_accuracy_s; /* 0: not said */
	struct limits limits;
	struct rule rule, use_rule, tsa_policy_rule, tsa_accuracy_rule;
	struct rule signing_time_rule, predicate_rule;
	const char *said; /* its lines */
	size_t index; /* 0 to tree_keys() - 1 */
};

/* digests-from: a file's path, or a command and its arguments. */
struct digests_from {
	const char *file; /* absolute; NULL: none */
	struct names command; /* item NULL: none; item[0] is a path */
	bool network; /* digests-network: the command may open sockets */
	struct rule rule, network_rule;
};

struct profile {
	const char *name; /* scoped, as a key's */
	const struct tenant *tenant;
	struct names keys;
	struct limits limits;
	bool log_all; /* log = all; otherwise log = own */
	const char *default_text; /* or NULL */
	const struct command *default_command; /* or NULL */
	const char *second; /* require-second: a profile's name, or NULL */
	struct digests_from digests;
	struct rule rule, default_rule, second_rule;
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

#endif

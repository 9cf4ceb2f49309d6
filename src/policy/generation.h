/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a signing key signs with, and from when on: a key's name stays, its
 * object and certificate may be others from a date on.  The one that started
 * last is in force; none is over before the next one starts.
 */
#ifndef CS_POLICY_GENERATION_H
#define CS_POLICY_GENERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/setup.h"

struct signing_key;

/* The files that stand beside an object. */
enum key_file {
	KEY_FILE_CERTIFICATE, /* PEM */
	KEY_FILE_OPENPGP, /* an armored OpenPGP public key */
	KEY_FILES,
};

struct generation {
	const char *name; /* "": the object of [key NAME] itself */
	const char *of; /* the key's name */
	const struct signing_key *key; /* of a finished tree */
	const struct token_conf *token;
	const char *object;
	const char *file[KEY_FILES]; /* their texts, or NULL */
	bool allow_extractable;
	bool allow_short;
	bool allow_expired; /* it signs although its certificate is over */
	int64_t start; /* seconds; 0: from ever */
	struct rule rule;
	const char *said; /* its lines; NULL: they are the key's */
	size_t index; /* 0 to tree_generations() - 1 */
};

/* Its word in the tree: "certificate", "openpgp". */
const char *key_file_word(enum key_file);
/* What such a file is, for people: "a PEM certificate". */
const char *key_file_kind(enum key_file);

/* In force at that time; NULL: none has started. */
const struct generation *key_generation(const struct signing_key *, int64_t);
/* The first that starts later, or NULL. */
const struct generation *key_next_generation(
    const struct signing_key *, int64_t);
/* The next of the same key's after this one, or NULL. */
const struct generation *generation_after(const struct generation *);
/* The key's own object; NULL: it has none. */
const struct generation *key_own(const struct signing_key *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a profile may do with a signing key, apart from time, place and
 * amount: the formats and hashes that both allow.
 */
#ifndef CS_POLICY_RIGHTS_H
#define CS_POLICY_RIGHTS_H

#include "policy/tree.h"

struct rights {
	uint64_t formats; /* 1 << its number in the list that tree_new had */
	unsigned hashes; /* 1u << enum hash */
	unsigned verbs; /* 1u << enum verb */
	bool stamps; /* only for the verb tsa */
};

/* All zero when the profile does not grant the key. */
void rights_of(const struct tree *, const struct profile *,
    const struct signing_key *, struct rights *ret);
/* May anything be signed, or stamped? */
bool rights_sign(const struct rights *);

/* "raw, p1363" and "sha256, sha384", for people; "none" for an empty set. */
void rights_formats(
    const struct tree *, uint64_t set, char ret[static MESSAGE_SIZE]);
void rights_hashes(unsigned set, char ret[static MESSAGE_SIZE]);

#endif

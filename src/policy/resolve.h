/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what a command says to the key and the format it means: everything
 * about a request that depends on neither time nor place.
 */
#ifndef CS_POLICY_RESOLVE_H
#define CS_POLICY_RESOLVE_H

#include "policy/decide.h"

/*
 * Fills in what was left out.  pubkey and cert get a key only.  Every reason
 * but OK sets ret_verdict (its reason included).
 */
enum reason resolve(const struct tree *, const struct profile *,
    const struct command *, struct grant *ret, struct verdict *ret_verdict);

/* Class and `formats' of the key. */
bool key_allows_format(const struct signing_key *, const struct format_word *);

/* The same, `formats' of the profile, and its tenants. */
bool both_allow_format(const struct profile *, const struct signing_key *,
    const struct format_word *);
/* 1u << enum hash, for those that all of them allow. */
unsigned both_allow_hashes(const struct profile *, const struct signing_key *);

/* Sets the verdict and returns its reason. */
enum reason refuse(struct verdict *, enum reason, struct rule, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

/* Do the key and the profile allow this hash? */
enum reason check_hash(const struct grant *, enum hash, struct verdict *ret);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of a time-stamp authority: their `formats' is the one that needs a
 * policy, and nothing else; only the verb tsa uses them, and it no others.
 */
#ifndef CS_POLICY_STAMP_H
#define CS_POLICY_STAMP_H

#include "policy/resolve.h"
#include "policy/section.h"

/* Of a finished tree. */
bool key_stamps(const struct signing_key *);
bool format_stamps(const struct format_word *);
/* Is the key one for this verb?  pubkey and cert are for all. */
bool verb_serves(enum verb, const struct signing_key *);

/* The words of [key NAME]: 0, or -1 with reterr. */
value_fn value_oid; /* const char *; an object identifier in dots */
int stamp_check(
    const struct tree *, const struct signing_key *, struct text_error *reterr);

/* The key and the format that the command says are those of its verb. */
enum reason stamp_refuse(const struct tree *, const struct command *,
    const struct signing_key *, struct verdict *ret);

#endif

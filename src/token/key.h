/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One signing key of a worker: found in the token, checked, and ready.
 */
#ifndef CS_TOKEN_KEY_H
#define CS_TOKEN_KEY_H

#include "p11/pubkey.h"
#include "p11/uri.h"
#include "token/login.h"
#include "token/verify.h"

struct key {
	struct key_add add; /* as the broker asked */
	struct p11_uri uri;
	CK_OBJECT_HANDLE object; /* in the token */
	CK_OBJECT_HANDLE handle; /* what signs: a copy, or object itself */
	uint64_t checked_us; /* when object was last seen there */
	enum key_type type;
	size_t signature_len;
	uint64_t mechs;
	struct verifier *verifier;
};

/*
 * Finds the key, checks it, and fills in the facts for the broker, whose
 * reason says whether it can be used: NULL when not.
 */
struct key *key_load(
    const struct login *, const struct key_add *, struct key_facts *ret);
void key_free(const struct login *, struct key *);

/*
 * What key_load found may have been deleted or changed since; asks the token
 * again once a minute.  REASON_OK, or why the key cannot be used now.
 */
enum reason key_recheck(const struct login *, struct key *, uint64_t now_us,
    struct text_error *reterr);

#endif

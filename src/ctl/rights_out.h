/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One client key and one signing key: what may be signed, as a line for
 * people or an object for programs.
 */
#ifndef CS_CTL_RIGHTS_OUT_H
#define CS_CTL_RIGHTS_OUT_H

#include "ctl/json.h"
#include "policy/rights.h"

/* Of one profile with one key, made once for all who have the profile. */
struct right_text {
	const struct profile *profile;
	const struct signing_key *key;
	struct rights rights;
	char formats[MESSAGE_SIZE], hashes[MESSAGE_SIZE];
	/* "from 10.0.0.0/8; max-lines 100": of profile, tenants and key. */
	char bounds[2 * MESSAGE_SIZE];
};

void right_text_make(const struct tree *, const struct profile *,
    const struct signing_key *, struct right_text *ret);

/* "SHA256:… of build01 (authorized_keys.d/ci:1)", and its own bounds. */
void print_client_key(FILE *out, const struct client_key *);
/* ": raw, p1363 with sha256; from …" */
void print_right(FILE *out, const struct right_text *);

/* Inside of an open object. */
void json_client_key(struct json *, const struct client_key *);
void json_right(struct json *, const struct right_text *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Formats that one private key must not have beside each other: a signature of
 * the one could be shown as one of the other.
 *
 * Wrapped formats are apart by how what they sign begins;
 * countersign-formats(7) goes through them.  These few are not.
 */
#ifndef CS_POLICY_APART_H
#define CS_POLICY_APART_H

#include "policy/section.h"

#define APART_SIZE 160

/*
 * The format that a key with a certificate must not list, or NULL: whoever asks
 * for it could have the certificate's holder say anything.
 */
const char *apart_certificate(const struct names *formats);

/* The words of [key NAME]: 0, or -1 with reterr. */
int apart_check(const struct signing_key *, struct text_error *reterr);

/* A finished tree: no two keys with one object have such formats. */
void apart_objects(struct intake *);

/*
 * Two keys whose object is the same: false, and why not, where a format that
 * one lists must not be beside one of the other's.
 */
bool apart_from(const struct signing_key *, const struct signing_key *,
    char why[APART_SIZE]);

/* What of it matters to apart_from: as long as it is the same, so is that. */
uint32_t apart_set(const struct signing_key *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An SSH public key in wire form (RFC 4253 6.6), checked field by field.  No
 * cryptography: whether a point is on its curve is left to who verifies.
 */
#ifndef CS_POLICY_KEYBLOB_H
#define CS_POLICY_KEYBLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/reason.h"
#include "base/text.h"

#define KEYBLOB_MAX 4096

/*
 * Is this word a key type, accepted or not?  (Otherwise a line of
 * authorized_keys begins with options.)
 */
bool keyblob_is_type(const char *word);

/*
 * OK; CERTIFICATE or KEY_TYPE for a type that is not accepted, with a text
 * that says what would be.
 */
enum reason keyblob_type(const char *type, struct text_error *reterr);

/* The whole blob, which must be of this type: 0, or -1 with reterr->what. */
int keyblob_check(
    const char *type, const void *blob, size_t len, struct text_error *reterr);

/* The type inside a blob: the reason as above; KEY_TYPE for a broken one. */
enum reason keyblob_reason(
    const void *blob, size_t len, struct text_error *reterr);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of a JSON Web Signature, which its hash begins with.
 */
#ifndef CS_FORMAT_JWS_H
#define CS_FORMAT_JWS_H

#include "format/format.h"

/* In base64url: 0, or -1: no algorithm has this key type and hash. */
int jws_header(const struct format_key *, enum hash, struct buf *ret);
/* The one hash of a curve, SHA-256 for RSA; HASH_NONE: no algorithm. */
enum hash jws_hash(enum key_type);

#endif

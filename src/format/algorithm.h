/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AlgorithmIdentifiers of hashes and signatures (RFC 5754, RFC 8702).
 */
#ifndef CS_FORMAT_ALGORITHM_H
#define CS_FORMAT_ALGORITHM_H

#include "base/buf.h"
#include "base/words.h"

/* In dots, or NULL: there is none. */
const char *algorithm_hash(enum hash);
/* rsaEncryption whatever the hash; ECDSA's own for each. */
const char *algorithm_signature(enum key_type, enum hash);

/* The DER; no parameters, or with signatures by RSA NULL. */
void algorithm_put_hash(struct buf *, enum hash);
void algorithm_put_signature(struct buf *, enum key_type, enum hash);

#endif

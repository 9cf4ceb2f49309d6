/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash that a client began and the signer ends: sha256, sha384 or sha512.
 *
 * The client hashes its artifact and sends, instead of the digest, where the
 * hash stood when the last byte was in: the chaining value (8 words), be64 the
 * count of bytes so far, and the bytes that fill no block yet, exactly count
 * modulo the block's size (64, or 128) of them.  So the signer can put its own
 * end behind an artifact that it has not seen.
 *
 * What the bytes before were, only who made the state knows: he may well have
 * begun with something else than an artifact.  The end alone is the signer's.
 */
#ifndef CS_FORMAT_MIDSTATE_H
#define CS_FORMAT_MIDSTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/words.h"

/* Bytes of the chaining value; 0: this hash has no state that can be sent. */
size_t midstate_size(enum hash);

/* The hash has states, and this is one. */
bool midstate_is_valid(enum hash, const uint8_t *state, size_t len);

/*
 * The digest of what was hashed so far, as if it ended there: that of the
 * artifact itself.  hash_size(hash) bytes; 0, or -1: the state is none.
 */
int midstate_digest(enum hash, const uint8_t *state, size_t len, uint8_t *ret);

/* The same with more bytes behind it. */
int midstate_finish(enum hash, const uint8_t *state, size_t len,
    const void *end, size_t end_len, uint8_t *ret);

#endif

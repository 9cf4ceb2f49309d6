/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is an answer one to what was asked, and nothing else?
 *
 * The format's open reads it back to what was signed and the signature.  For
 * clients both must be what the token worker verified with libcrypto; a probe
 * verifies anew, as a stock verifier would.
 */
#ifndef CS_FORMAT_PROOF_H
#define CS_FORMAT_PROOF_H

#include "format/format.h"

void opened_init(struct opened *);
void opened_release(struct opened *);

/*
 * The answer holds exactly this token's signature (step 0: making->first where
 * there are two) over the format's input: 0, or -1.  space is the caller's, to
 * be used again.
 */
int answer_check(const struct format *, const struct making *,
    const uint8_t *signature, size_t len, const struct buf *answer,
    struct opened *space);

/*
 * The same for SHAPE_SHARED: makes the answers, and hands on each that holds.
 * 0, or -1: one does not, or fn stopped it.
 */
int answers_check(const struct format *, const struct making *,
    const uint8_t *signature, size_t len, struct opened *space,
    format_each_fn *fn, void *arg);

/*
 * And the public key verifies it: 0, or -1.  mech and over are the plan's;
 * making->first need not be set.
 */
int answer_verify(const struct format *, const struct making *, enum mech,
    enum hash over, const struct buf *answer, struct opened *space);

/* The hash of a text, hash_size(hash) bytes: 0, or -1. */
int proof_digest(enum hash, const void *text, size_t len, uint8_t *ret);

/* The signature of a digest or, for MECH_EDDSA, a message: 0, or -1. */
int proof_signature(const struct format_key *, enum mech, enum hash over,
    const void *input, size_t len, const uint8_t *signature,
    size_t signature_len);

#endif

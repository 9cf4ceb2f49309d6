/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the formats of OpenPGP share: armored signatures of a digest that ends
 * in a trailer.
 */
#ifndef CS_FORMAT_OPENPGP_H
#define CS_FORMAT_OPENPGP_H

#include "format/format.h"
#include "format/openpgp_signature.h"

/* The most that a signature packet and its armor can be. */
#define OPENPGP_ANSWER_MAX 8192

/* A format's mech: what is signed has the hash of the lines. */
enum mech openpgp_mech_of(enum key_type, enum hash hash, enum hash *ret_over);

/* The key has an OpenPGP file, and signs at this time: OK, FORMAT, DATES. */
enum reason openpgp_key_fits(const struct making *, char text[MESSAGE_SIZE]);

/* What a signature made now would say: 0, or -1: the clock is beyond it. */
int openpgp_say(const struct making *, enum openpgp_type, enum hash,
    struct openpgp_said *ret);

/* The armored signature of a digest: 0, or -1. */
int openpgp_answer(const struct making *, const struct openpgp_said *,
    const uint8_t *digest, const uint8_t *signature, size_t len,
    struct buf *ret);

/*
 * Reads an armored signature back, which must be written as openpgp_answer
 * does and be plain: 0, or -1.  ret points into packet, which the caller
 * releases either way.
 */
int openpgp_answer_read(const struct making *, const uint8_t *answer,
    size_t len, struct buf *packet, struct openpgp_signature *ret);

/* What is hashed behind the artifact, by a signature that was read. */
size_t openpgp_read_trailer(
    const struct openpgp_signature *, uint8_t ret[static OPENPGP_TRAILER_MAX]);

/*
 * What openpgp-trailer's clients hash behind a file, of a signature of that
 * time with the shortest hash that fits: 0, or -1: the key is younger.
 */
int openpgp_trailer_now(const struct openpgp_key *, int64_t now,
    uint8_t ret[static OPENPGP_TRAILER]);

/* The digest was this one, and the signature is: 0, or -1. */
int openpgp_opened(const struct openpgp_signature *, const uint8_t *digest,
    struct opened *ret);

#endif

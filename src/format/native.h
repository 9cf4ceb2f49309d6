/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signature as the programs of a system take it: RSA's as it is, ECDSA's as
 * DER (RFC 3279, 2.2.3), Ed25519's 64 bytes; and what is signed of a message.
 */
#ifndef CS_FORMAT_NATIVE_H
#define CS_FORMAT_NATIVE_H

#include "base/cursor.h"
#include "format/format.h"

/* A format's finish, where that is the whole answer: 0, or -1. */
int native_finish(const struct making *, const uint8_t *signature, size_t len,
    struct buf *ret);
/* The same in base64. */
int native_base64(const struct making *, const uint8_t *signature, size_t len,
    struct buf *ret);

/* Sets ret->signature from such bytes: 0, or -1. */
int native_signature(const struct making *, const uint8_t *native, size_t len,
    struct opened *ret);
/* From the base64 that stands before `end'. */
void scan_native(
    struct reader *, char end, const struct making *, struct opened *ret);

/*
 * MECH_RSA_PKCS1 or MECH_ECDSA over SHA-256, or MECH_EDDSA: a row's mech for
 * what signs a message of its own, whatever the hash of lines.
 */
enum mech message_mech(enum key_type, enum hash *ret_over);
/* And its input: the SHA-256 of the message, or the message: 0, or -1. */
int message_input(
    const struct making *, const void *message, size_t len, struct buf *ret);

/* Base64 at the end of a buf, padded; and as RFC 7515 has it, not padded. */
void buf_add_base64(struct buf *, const void *, size_t len);
void buf_add_base64url(struct buf *, const void *, size_t len);

#endif

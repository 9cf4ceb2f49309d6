/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ed25519 keys as signify and minisign write them: two letters for what is
 * signed, eight bytes that tell keys apart, then the public key or signature.
 *
 * Their own programs take the eight bytes at random with a new key; ours come
 * from the public key, so that every signer writes the same.
 */
#ifndef CS_FORMAT_ED25519_H
#define CS_FORMAT_ED25519_H

#include "base/cursor.h"
#include "format/format.h"

#define ED25519_NUMBER 8
#define ED25519_PUBLIC 32
#define ED25519_SIGNATURE 64

/* The public key's 32 bytes from an SPKI: 0, or -1: of another type. */
int ed25519_public(
    const uint8_t *spki, size_t len, uint8_t ret[ED25519_PUBLIC]);
/* The start of the public key's SHA-256. */
int ed25519_number(
    const uint8_t *spki, size_t len, uint8_t ret[ED25519_NUMBER]);

/*
 * The public key as a file of minisign, or of signify, which has the key's
 * name: 0, or -1: it is no Ed25519 key, or does not fit.
 */
int pubkey_minisign(const uint8_t *spki, size_t len, char *ret, size_t size);
int pubkey_signify(
    const uint8_t *spki, size_t len, const char *name, char *ret, size_t size);

/* A line of base64: letters, number, signature; 0, or -1. */
int ed25519_line(const struct making *, const char letters[2],
    const uint8_t *signature, size_t len, struct buf *ret);
/* And back: bad where the letters or the key's number are others. */
void scan_ed25519_line(struct reader *, const struct making *,
    const char letters[2], uint8_t ret[ED25519_SIGNATURE]);

#endif

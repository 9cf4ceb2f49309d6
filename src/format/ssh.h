/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSH's wire form of public keys and of signatures.
 */
#ifndef CS_FORMAT_SSH_H
#define CS_FORMAT_SSH_H

#include "base/cursor.h"
#include "format/format.h"

#define SSH_KEY_MAX 4096

/*
 * A public key (RFC 4253, 6.6; RFC 5656, 3.1; RFC 8709, 4): 0, or -1: it is no
 * key of ours, or the writer is full.
 */
int ssh_put_key(struct writer *, const uint8_t *spki, size_t len);

/*
 * A token's signature: rsa-sha2-512 for RSA (RFC 8332), otherwise as the key's
 * type says (RFC 5656, 3.1.2; RFC 8709, 6).  0, or -1: it is none of this key.
 */
int ssh_put_signature(struct writer *, const struct format_key *,
    const uint8_t *signature, size_t len);

/* And back, as a token gives it: 0, or -1: it is not the one form of it. */
int ssh_get_signature(const struct format_key *, const uint8_t *blob,
    size_t len, uint8_t *ret, size_t size, size_t *ret_len);

#endif

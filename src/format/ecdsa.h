/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ECDSA signatures: r and s side by side, as tokens give them, checked and
 * written as DER.
 */
#ifndef CS_FORMAT_ECDSA_H
#define CS_FORMAT_ECDSA_H

#include <stddef.h>
#include <stdint.h>

#include "base/words.h"

/* Bytes of r, and of s; 0: no ECDSA key. */
size_t ecdsa_order_size(enum key_type);

/*
 * 0 when the signature is r || s, each as long as the order and from 1 to the
 * order less one; otherwise -1.
 */
int ecdsa_check(enum key_type, const uint8_t *signature, size_t len);

/* SEQUENCE { INTEGER r, INTEGER s } of such a signature: 0, or -1. */
int ecdsa_der(enum key_type, const uint8_t *signature, size_t len, uint8_t *ret,
    size_t size, size_t *ret_len);

/* And back: 0, or -1: it is not the one DER of such a signature. */
int ecdsa_from_der(enum key_type, const uint8_t *der, size_t len, uint8_t *ret,
    size_t size, size_t *ret_len);

#endif

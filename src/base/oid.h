/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Object identifiers: 1.3.6.1.4.1.32473.1 and the bytes that stand for it in
 * DER (X.690, 8.19).  Numbers of at most 64 bits; longer ones are refused.
 */
#ifndef CS_BASE_OID_H
#define CS_BASE_OID_H

#include <stddef.h>
#include <stdint.h>

#define OID_MAX 40 /* bytes of DER, without tag and length */
#define OID_TEXT 168 /* of any that fits, with its NUL */

/* 0, or -1: no identifier in dots, or longer than OID_MAX bytes. */
int oid_encode(const char *text, uint8_t ret[static OID_MAX], size_t *ret_len);
/* 0, or -1: these bytes are none, or not in their one form. */
int oid_text(const uint8_t *, size_t len, char ret[static OID_TEXT]);

#endif

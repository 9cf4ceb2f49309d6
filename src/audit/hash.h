/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 for many short inputs: the algorithm is looked up once a process.
 */
#ifndef CS_AUDIT_HASH_H
#define CS_AUDIT_HASH_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_LEN 32

/* NULL: libcrypto has no SHA-256 right now. */
const EVP_MD *hash_sha256_md(void);
/* 0, or -1. */
int hash_sha256(const void *, size_t, uint8_t ret[SHA256_LEN]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate.c's half that needs libcrypto: certificates read from PEM, and
 * what they say.
 */
#ifndef CS_FORMAT_CERTIFICATE_CHAIN_H
#define CS_FORMAT_CERTIFICATE_CHAIN_H

#include <openssl/types.h>

#include "format/certificate.h"

struct chain {
	X509 *item[CERTIFICATES_MAX];
	size_t count;
	size_t len; /* of all their DER */
};

/* 0, or -1 with a text; released in both cases. */
int chain_read(
    struct chain *, const char *pem, size_t len, char text[MESSAGE_SIZE]);
void chain_release(struct chain *);
/* Is each issued by the next?  0, or -1 with a text. */
int chain_check(const struct chain *, char text[MESSAGE_SIZE]);
/* Dates and usage of the leaf, and its hash: 0, or -1. */
int chain_facts(const struct chain *, struct certificate *ret);
/* All the DER, chain->len bytes, and where each is. */
void chain_write(
    const struct chain *, uint8_t *data, struct der_view ret[CERTIFICATES_MAX]);

#endif

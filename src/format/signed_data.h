/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CMS SignedData (RFC 5652, 5) around one signature, as a ContentInfo in DER.
 *
 * What is signed is the content's digest or, where there are signed
 * attributes, theirs.  Both ways are by format/der.h; when it is read back
 * every byte is accounted for, and libcrypto says what the attributes mean.
 */
#ifndef CS_FORMAT_SIGNED_DATA_H
#define CS_FORMAT_SIGNED_DATA_H

#include "format/certificate.h"
#include "format/format.h"

#define OID_DATA "1.2.840.113549.1.7.1"
#define OID_CONTENT_TYPE "1.2.840.113549.1.9.3"
#define OID_MESSAGE_DIGEST "1.2.840.113549.1.9.4"
#define OID_SIGNING_TIME "1.2.840.113549.1.9.5"

/* What it is made of.  Nothing of it is owned. */
struct signed_data {
	const struct format_key *key; /* with its certificate */
	enum hash hash;
	unsigned version; /* 1; 3 where content_type is not OID_DATA (CMS) */
	const char *content_type; /* an OID in dots */
	/* DER that stands as it is in [0] EXPLICIT; NULL: it is detached. */
	const uint8_t *content;
	size_t content_len;
	bool certificates; /* the chain is in it */
	bool attributed; /* there are signed attributes */
	/* Of the content, in the hash; with attributes: messageDigest. */
	const uint8_t *digest;
	size_t digest_len;
};

/* A row's mech: PKCS#1 and ECDSA, with every hash that has a name for both. */
enum mech signed_data_mech(enum key_type, enum hash, enum hash *ret_over);

/*
 * The content of signed attributes: between der_begin(b, DER_SET) and
 * der_end_set_of, signed_data_attributes (contentType and messageDigest) and
 * attribute_put for others, one value each.
 */
void signed_data_attributes(const struct signed_data *, struct buf *);
void attribute_put(struct buf *, const char *type, const struct buf *value);
void attribute_time(struct buf *, int64_t seconds); /* signingTime */

/*
 * What the token signs: the digest, or that of the attributes (a whole SET,
 * NULL: there are none).  0, or -1.
 */
int signed_data_input(
    const struct signed_data *, const struct buf *attributes, struct buf *ret);

/* Adds the ContentInfo with the token's signature: 0, or -1. */
int signed_data_put(const struct signed_data *, const struct buf *attributes,
    const uint8_t *signature, size_t len, struct buf *ret);

/*
 * 0, or -1: it is another, or is encoded otherwise.  ret->input is added to,
 * as by signed_data_input with the attributes that are in it.
 */
int signed_data_open(const struct signed_data *, const uint8_t *answer,
    size_t len, struct opened *ret);

#endif

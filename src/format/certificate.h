/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signing key's X.509 certificate and those that it was issued by: what an
 * admin wrote as PEM, read and checked once by libcrypto, and kept as the DER
 * that formats put into their answers.
 */
#ifndef CS_FORMAT_CERTIFICATE_H
#define CS_FORMAT_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/words.h"

#define CERTIFICATES_MAX 8 /* of a chain */
#define CERTIFICATES_BYTES ((size_t)12 << 10) /* their DER, together */

/* DER, inside of the certificate's own memory. */
struct der_view {
	const uint8_t *at;
	size_t len;
};

struct certificate {
	unsigned refs;
	/* The leaf first, each issued by the next. */
	struct der_view chain[CERTIFICATES_MAX];
	size_t count;
	/* Of the leaf: */
	struct der_view issuer, serial, spki;
	int64_t not_before, not_after; /* seconds since 1970, both included */
	bool is_ca; /* or may sign certificates by its keyUsage */
	bool signs; /* no keyUsage, or one with digitalSignature */
	bool signs_code; /* no extended key usage, or one with codeSigning */
	bool stamps_time; /* critical, timeStamping and nothing else */
	uint8_t sha256[32];
	/* What CMS wants, made once: IssuerAndSerialNumber, */
	struct der_view signer;
	/* and the content of a SET OF with all the certificates. */
	struct der_view set;
	uint8_t *data; /* that they point into */
};

/*
 * From PEM, len bytes: one holder's.  NULL: text says what is wrong, as in
 * "the file ... text".
 */
struct certificate *certificate_parse(
    const char *pem, size_t len, char text[MESSAGE_SIZE]);
/* One holder more; each lets go with certificate_free. */
struct certificate *certificate_ref(struct certificate *);
void certificate_free(struct certificate *);

/* Is it for this public key? */
bool certificate_is_for(
    const struct certificate *, const uint8_t *spki, size_t len);

/*
 * Does its usage fit a format with these needs (policy/format_word.h)?  0, or
 * -1 with why: "... does not fit".
 */
int certificate_fits(
    const struct certificate *, unsigned needs, char text[MESSAGE_SIZE]);

/* Is it valid at that time?  0, or -1 with since or until when not. */
int certificate_is_valid(
    const struct certificate *, int64_t now, char text[MESSAGE_SIZE]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any file as a key's certificate.  What is taken is what libcrypto reads, and
 * its parts are inside of it.
 */
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "format/certificate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check(const struct certificate *c)
{
	const uint8_t *at = c->chain[0].at;
	size_t total = 0;
	X509 *leaf = d2i_X509(NULL, &at, (long)c->chain[0].len);
	uint8_t *name = NULL;
	int len = leaf != NULL ?
	    i2d_X509_NAME(X509_get_issuer_name(leaf), &name) :
	    -1;

	for (size_t i = 0; i < c->count; i++)
		total += c->chain[i].len;
	if (len < 0 || (size_t)len != c->issuer.len ||
	    memcmp(name, c->issuer.at, c->issuer.len) != 0 ||
	    c->set.len != total || total > CERTIFICATES_BYTES ||
	    c->signer.len < c->issuer.len + c->serial.len ||
	    !certificate_is_for(c, c->spki.at, c->spki.len))
		abort();
	OPENSSL_free(name);
	X509_free(leaf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[MESSAGE_SIZE] = "";
	struct certificate *c =
	    certificate_parse((const char *)data, len, text);

	if (c == NULL && (text[0] == '\0' || strlen(text) >= MESSAGE_SIZE))
		abort();
	if (c != NULL) {
		check(c);
		certificate_is_valid(c, 1796083200, text);
	}
	certificate_free(c);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "format/certificate_chain.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

#define NAME_MAX_TEXT 96

/* For messages: the common name, or all of the subject. */
static void
name_of(X509 *item, char ret[NAME_MAX_TEXT])
{
	X509_NAME *name = X509_get_subject_name(item);

	ret[0] = '\0';
	if (X509_NAME_get_text_by_NID(
		name, NID_commonName, ret, NAME_MAX_TEXT) <= 0)
		X509_NAME_oneline(name, ret, NAME_MAX_TEXT);
	text_plain(ret);
}

static int
add(struct chain *chain, X509 *item, char text[MESSAGE_SIZE])
{
	int len;

	if (chain->count == CERTIFICATES_MAX) {
		X509_free(item);
		snprintf(text, MESSAGE_SIZE, "more than %d certificates",
		    CERTIFICATES_MAX);
		return -1;
	}
	chain->item[chain->count++] = item;
	if ((len = i2d_X509(item, NULL)) <= 0) {
		snprintf(text, MESSAGE_SIZE, "certificate %zu is no DER",
		    chain->count);
		return -1;
	}
	chain->len += (size_t)len;
	if (chain->len > CERTIFICATES_BYTES) {
		snprintf(text, MESSAGE_SIZE,
		    "its certificates have more than %zu bytes",
		    CERTIFICATES_BYTES);
		return -1;
	}
	return 0;
}

/* False: an error that is not simply the end of the file. */
static bool
is_at_end(void)
{
	unsigned long error = ERR_peek_last_error();

	return ERR_GET_LIB(error) == ERR_LIB_PEM &&
	    ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

static int
read_all(struct chain *chain, BIO *bio, char text[MESSAGE_SIZE])
{
	static char no_password[] = ""; /* and none is asked for */
	X509 *item;

	while ((item = PEM_read_bio_X509(bio, NULL, NULL, no_password)) != NULL)
		if (add(chain, item, text) == -1)
			return -1;
	if (!is_at_end()) {
		snprintf(text, MESSAGE_SIZE,
		    "certificate %zu in it cannot be read", chain->count + 1);
		return -1;
	}
	if (chain->count == 0) {
		snprintf(text, MESSAGE_SIZE, "is not a PEM certificate");
		return -1;
	}
	return 0;
}

int
chain_read(
    struct chain *chain, const char *pem, size_t len, char text[MESSAGE_SIZE])
{
	BIO *bio;
	int rv;

	memset(chain, 0, sizeof(*chain));
	if (memmem(pem, len, "PRIVATE KEY-----", 16) != NULL) {
		snprintf(text, MESSAGE_SIZE,
		    "holds a private key: only certificates may be in it");
		return -1;
	}
	if (len > INT_MAX || (bio = BIO_new_mem_buf(pem, (int)len)) == NULL) {
		snprintf(text, MESSAGE_SIZE, "no memory");
		return -1;
	}
	ERR_clear_error();
	rv = read_all(chain, bio, text);
	BIO_free(bio);
	ERR_clear_error();
	return rv;
}

void
chain_release(struct chain *chain)
{
	for (size_t i = 0; i < chain->count; i++)
		X509_free(chain->item[i]);
	chain->count = 0;
}

/* By its name, its key identifier, its right to, and its key. */
static int
check_issued(X509 *item, X509 *issuer, const char **ret_why)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer);

	if (X509_NAME_cmp(
		X509_get_issuer_name(item), X509_get_subject_name(issuer)) != 0)
		*ret_why = "is not issued by";
	else if (X509_check_ca(issuer) == 0 ||
	    X509_check_issued(issuer, item) == X509_V_ERR_KEYUSAGE_NO_CERTSIGN)
		*ret_why = "is issued by one that may not issue any,";
	else if (X509_check_issued(issuer, item) != X509_V_OK || key == NULL ||
	    X509_verify(item, key) != 1)
		*ret_why = "is issued by another of the same name as";
	else
		return 0;
	return -1;
}

int
chain_check(const struct chain *chain, char text[MESSAGE_SIZE])
{
	char name[NAME_MAX_TEXT], issuer[NAME_MAX_TEXT];
	const char *why;

	for (size_t i = 0; i + 1 < chain->count; i++) {
		if (check_issued(chain->item[i], chain->item[i + 1], &why) == 0)
			continue;
		name_of(chain->item[i], name);
		name_of(chain->item[i + 1], issuer);
		ERR_clear_error();
		snprintf(text, MESSAGE_SIZE,
		    "its certificate %zu (%s) %s certificate %zu (%s): the "
		    "key's own comes first, and each is issued by the next",
		    i + 1, name, why, i + 2, issuer);
		return -1;
	}
	return 0;
}

static int
time_of(const ASN1_TIME *time, int64_t *ret)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return -1;
	*ret = timegm(&tm);
	return 0;
}

/* RFC 3161, 2.3. */
static bool
stamps_time(const X509 *item)
{
	int critical = 0;
	EXTENDED_KEY_USAGE *usage =
	    X509_get_ext_d2i(item, NID_ext_key_usage, &critical, NULL);
	bool ok = critical == 1 && sk_ASN1_OBJECT_num(usage) == 1 &&
	    OBJ_obj2nid(sk_ASN1_OBJECT_value(usage, 0)) == NID_time_stamp;

	sk_ASN1_OBJECT_pop_free(usage, ASN1_OBJECT_free);
	return ok;
}

int
chain_facts(const struct chain *chain, struct certificate *ret)
{
	X509 *leaf = chain->item[0];
	uint32_t flags = X509_get_extension_flags(leaf);
	uint32_t usage = X509_get_key_usage(leaf);

	if ((flags & EXFLAG_INVALID) != 0 || X509_get0_pubkey(leaf) == NULL ||
	    time_of(X509_get0_notBefore(leaf), &ret->not_before) == -1 ||
	    time_of(X509_get0_notAfter(leaf), &ret->not_after) == -1 ||
	    X509_digest(leaf, EVP_sha256(), ret->sha256, NULL) != 1) {
		ERR_clear_error();
		return -1;
	}
	ret->is_ca = (flags & EXFLAG_CA) != 0 ||
	    ((flags & EXFLAG_KUSAGE) != 0 && (usage & KU_KEY_CERT_SIGN) != 0);
	/* Without the extension all is allowed, and all bits are set. */
	ret->signs = (usage & KU_DIGITAL_SIGNATURE) != 0;
	ret->signs_code =
	    (X509_get_extended_key_usage(leaf) & XKU_CODE_SIGN) != 0;
	ret->stamps_time = stamps_time(leaf);
	ERR_clear_error();
	return 0;
}

void
chain_write(const struct chain *chain, uint8_t *data,
    struct der_view ret[CERTIFICATES_MAX])
{
	for (size_t i = 0; i < chain->count; i++) {
		uint8_t *at = data;

		i2d_X509(chain->item[i], &data);
		ret[i] = (struct der_view){ at, (size_t)(data - at) };
	}
}

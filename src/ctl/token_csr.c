/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token csr: a certificate request (PKCS#10, RFC 2986) for a key that stays in
 * its token.
 */
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/token.h"
#include "ctl/token_key.h"
#include "ctl/verb.h"

#define PART_MAX 256

/* One "CN=Release signing"; a backslash takes the next character as it is. */
static const char *
take_part(const char *at, char ret[static PART_MAX])
{
	size_t used = 0;

	for (; *at != '\0' && *at != '/'; at++) {
		if (*at == '\\' && at[1] != '\0')
			at++;
		if (used == PART_MAX - 1)
			return NULL;
		ret[used++] = *at;
	}
	ret[used] = '\0';
	return at;
}

/* "/C=DE/O=Example/CN=Release signing": 0, or the exit status. */
static int
add_subject(X509_NAME *name, const char *text)
{
	char part[PART_MAX];
	const char *at = text;
	char *value;

	if (*at != '/' || !text_is_utf8(text, strlen(text)))
		goto bad;
	while (*at == '/') {
		at = take_part(at + 1, part);
		if (at == NULL || (value = strchr(part, '=')) == NULL)
			goto bad;
		*value++ = '\0';
		if (X509_NAME_add_entry_by_txt(name, part, MBSTRING_UTF8,
			(const unsigned char *)value, -1, -1, 0) != 1)
			goto bad;
	}
	return 0;
bad:
	return usage_error("token: a subject is such as "
			   "\"/C=DE/O=Example/CN=Release signing\"");
}

static int
add_extension(STACK_OF(X509_EXTENSION) * list, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	if (e != NULL && sk_X509_EXTENSION_push(list, e) > 0)
		return 0;
	X509_EXTENSION_free(e);
	return -1;
}

static bool
is_eku(const char *eku)
{
	static const char *const known[] = { "codeSigning", "timeStamping",
		"emailProtection" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i], eku) == 0)
			return true;
	return false;
}

/* What the certificate is to be used for. */
static int
add_extensions(X509_REQ *req, const char *eku)
{
	STACK_OF(X509_EXTENSION) *list = sk_X509_EXTENSION_new_null();
	int rv = -1;

	if (list != NULL &&
	    add_extension(list, NID_key_usage, "critical,digitalSignature") ==
		0 &&
	    (eku == NULL || add_extension(list, NID_ext_key_usage, eku) == 0) &&
	    X509_REQ_add_extensions(req, list) == 1)
		rv = 0;
	sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
	return rv;
}

static int
set_signature(X509_REQ *req, const uint8_t *sig, size_t len, int nid)
{
	X509_ALGOR *algor = X509_ALGOR_new();
	ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
	/* RFC 4055: NULL parameters for RSA, none for the curves. */
	int params =
	    nid == NID_sha256WithRSAEncryption ? V_ASN1_NULL : V_ASN1_UNDEF;
	int rv = -1;

	if (algor == NULL || bits == NULL ||
	    X509_ALGOR_set0(algor, OBJ_nid2obj(nid), params, NULL) != 1 ||
	    ASN1_BIT_STRING_set(
		bits, (unsigned char *)(uintptr_t)sig, (int)len) != 1 ||
	    X509_REQ_set1_signature_algo(req, algor) != 1)
		goto out;
	bits->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 7);
	bits->flags |= ASN1_STRING_FLAG_BITS_LEFT;
	X509_REQ_set0_signature(req, bits);
	bits = NULL;
	rv = 0;
out:
	X509_ALGOR_free(algor);
	ASN1_BIT_STRING_free(bits);
	return rv;
}

/* 0, or the exit status and said why. */
static int
sign_request(
    const struct p11_session *s, const struct token_key *key, X509_REQ *req)
{
	uint8_t sig[TOKEN_SIGNATURE], *tbs = NULL;
	size_t sig_len;
	int len, nid, rv = EX_SOFTWARE;

	if ((len = i2d_re_X509_REQ_tbs(req, &tbs)) <= 0)
		goto out;
	rv = EX_UNAVAILABLE;
	if (token_key_sign(s, key, tbs, (size_t)len, sig, &sig_len, &nid) == -1)
		goto out;
	rv = EX_SOFTWARE;
	if (set_signature(req, sig, sig_len, nid) == 0 &&
	    X509_REQ_verify(req, key->pubkey.pkey) == 1)
		rv = 0;
out:
	OPENSSL_free(tbs);
	if (rv == EX_SOFTWARE)
		token_fail("libcrypto did not make the request");
	return rv;
}

static int
write_request(const char *path, X509_REQ *req)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int rv = EX_SOFTWARE;
	char *text;
	long len;

	if (bio != NULL && PEM_write_bio_X509_REQ(bio, req) == 1 &&
	    (len = BIO_get_mem_data(bio, &text)) > 0)
		rv = token_write(path, text, (size_t)len);
	BIO_free(bio);
	return rv;
}

int
token_csr(const struct token_options *o)
{
	struct token_login login;
	struct token_key key = { .handle = 0 };
	X509_REQ *req = X509_REQ_new();
	int rv;

	if (o->eku != NULL && !is_eku(o->eku)) {
		rv = usage_error("token: --eku is codeSigning, timeStamping or "
				 "emailProtection");
		goto out;
	}
	if ((rv = add_subject(X509_REQ_get_subject_name(req), o->subject)) != 0)
		goto out;
	if ((rv = token_login_open(o, &login)) != 0)
		goto out;
	if ((rv = token_key_find(&login.session, o->name, &key)) != 0)
		goto close;
	/* What a CA gets on standard output is the request alone. */
	if (o->out != NULL)
		token_key_say(&login.session, &key);
	if (X509_REQ_set_version(req, X509_REQ_VERSION_1) != 1 ||
	    X509_REQ_set_pubkey(req, key.pubkey.pkey) != 1 ||
	    add_extensions(req, o->eku) == -1)
		rv = token_fail("libcrypto did not make the request");
	else if ((rv = sign_request(&login.session, &key, req)) == 0)
		rv = write_request(o->out, req);
	token_key_release(&key);
close:
	token_login_close(&login);
out:
	X509_REQ_free(req);
	return rv;
}

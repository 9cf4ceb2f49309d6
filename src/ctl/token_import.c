/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token import-cert: the certificate that a CA made for a key goes into the
 * token beside it, under the key's own label and id.
 */
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/file.h"
#include "ctl/token.h"
#include "ctl/token_key.h"
#include "p11/rv.h"

#define CERTIFICATE_MAX (256u << 10)

/* The first certificate of the file: X509_free.  NULL: said why. */
static X509 *
load(const char *path)
{
	struct text_error err = { 0 };
	X509 *cert = NULL;
	BIO *bio;
	char *text;
	size_t len;

	if (file_load(path, FILE_CONFIG, CERTIFICATE_MAX, &text, &len, &err) ==
	    -1) {
		token_fail("%s: %s", path, err.what);
		return NULL;
	}
	if ((bio = BIO_new_mem_buf(text, (int)len)) != NULL)
		cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	free(text);
	if (cert == NULL)
		token_fail("%s: is not a PEM certificate", path);
	return cert;
}

/* It must be this key's, and not be over. */
static int
check(const X509 *cert, const struct token_key *key, const char *path)
{
	if (EVP_PKEY_eq(X509_get0_pubkey(cert), key->pubkey.pkey) != 1)
		return token_fail("%s: the certificate is for another key than "
				  "\"%s\"",
		    path, key->label);
	if (X509_cmp_current_time(X509_get0_notAfter(cert)) < 0)
		return token_fail("%s: the certificate has expired", path);
	return 0;
}

static int
check_none(const struct p11_session *s, struct token_key *key)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE template[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_ID, key->id, key->id_len },
	};
	CK_OBJECT_HANDLE found;
	CK_ULONG count = 0;
	CK_RV rv;

	if (key->id_len == 0)
		return token_fail("key \"%s\" has no id", key->label);
	rv = object_find(s, template, 2, &found, 1, &count);
	if (rv != CKR_OK)
		return token_fail("C_FindObjects: %s", rv_name(rv));
	if (count != 0)
		return token_fail("the token has a certificate for key \"%s\" "
				  "already",
		    key->label);
	return 0;
}

struct der {
	uint8_t *data; /* OPENSSL_free */
	CK_ULONG len;
};

static bool
der_set(struct der *der, int len)
{
	der->len = len > 0 ? (CK_ULONG)len : 0;
	return len > 0;
}

static CK_RV
create(const struct p11_session *s, struct token_key *key, struct der der[4])
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE type = CKC_X_509;
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_ATTRIBUTE template[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_CERTIFICATE_TYPE, &type, sizeof(type) },
		{ CKA_TOKEN, &yes, sizeof(yes) },
		{ CKA_PRIVATE, &no, sizeof(no) },
		{ CKA_MODIFIABLE, &no, sizeof(no) },
		{ CKA_LABEL, key->label, strlen(key->label) },
		{ CKA_ID, key->id, key->id_len },
		{ CKA_VALUE, der[0].data, der[0].len },
		{ CKA_SUBJECT, der[1].data, der[1].len },
		{ CKA_ISSUER, der[2].data, der[2].len },
		{ CKA_SERIAL_NUMBER, der[3].data, der[3].len },
	};
	CK_OBJECT_HANDLE made;

	return s->fn->C_CreateObject(
	    s->handle, template, sizeof(template) / sizeof(*template), &made);
}

static int
import(const struct p11_session *s, struct token_key *key, X509 *cert)
{
	struct der der[4] = { { NULL, 0 } };
	CK_RV rv = CKR_HOST_MEMORY;
	char subject[512], *text;

	if (der_set(&der[0], i2d_X509(cert, &der[0].data)) &&
	    der_set(&der[1],
		i2d_X509_NAME(X509_get_subject_name(cert), &der[1].data)) &&
	    der_set(&der[2],
		i2d_X509_NAME(X509_get_issuer_name(cert), &der[2].data)) &&
	    der_set(&der[3],
		i2d_ASN1_INTEGER(X509_get_serialNumber(cert), &der[3].data)))
		rv = create(s, key, der);
	for (size_t i = 0; i < 4; i++)
		OPENSSL_free(der[i].data);
	if (rv != CKR_OK)
		return token_fail("C_CreateObject: %s", rv_name(rv));
	text = X509_NAME_oneline(X509_get_subject_name(cert), NULL, 0);
	text_escape(text != NULL ? text : "-", text != NULL ? strlen(text) : 1,
	    subject, sizeof(subject));
	OPENSSL_free(text);
	token_say(
	    "certificate of key \"%s\" imported: %s\n", key->label, subject);
	return 0;
}

int
token_import_cert(const struct token_options *o)
{
	X509 *cert = load(o->certificate);
	struct token_login login;
	struct token_key key;
	int rv;

	if (cert == NULL)
		return EX_DATAERR;
	if ((rv = token_login_open(o, &login)) != 0)
		goto out;
	if ((rv = token_key_find(&login.session, o->name, &key)) != 0)
		goto close;
	if ((rv = check(cert, &key, o->certificate)) == 0 &&
	    (rv = check_none(&login.session, &key)) == 0)
		rv = import(&login.session, &key, cert);
	if (rv == 0)
		token_say("in keys.d: certificate = %s\n", o->certificate);
	token_key_release(&key);
close:
	token_login_close(&login);
out:
	X509_free(cert);
	return rv;
}

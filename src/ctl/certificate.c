/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "ctl/tell.h"

/* The first certificate of the text is the key's own; X509_free. */
static X509 *
parse(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *cert = NULL;

	if (bio != NULL)
		cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return cert;
}

/*
 * Under such a certificate a raw signature over the right digest is a valid
 * certificate: the holder of a client key could issue what he likes.
 */
static unsigned
warn_issuer(FILE *out, const struct signing_key *key, X509 *cert)
{
	const char *why;

	if ((X509_get_extension_flags(cert) & EXFLAG_CA) != 0)
		why = "CA:TRUE";
	else if ((X509_get_extension_flags(cert) & EXFLAG_KUSAGE) != 0 &&
	    (X509_get_key_usage(cert) & KU_KEY_CERT_SIGN) != 0)
		why = "keyCertSign";
	else
		return 0;
	tell_warning(out, &key->use_rule,
	    "use = raw, but the certificate of key %s may sign certificates "
	    "(%s): a raw signature could be one",
	    key->name, why);
	return 1;
}

static unsigned
warn_dates(FILE *out, const struct signing_key *key, X509 *cert, int64_t now)
{
	time_t when = (time_t)now;

	if (X509_cmp_time(X509_get0_notAfter(cert), &when) < 0) {
		tell_warning(out, &key->rule,
		    "the certificate of key %s has expired", key->name);
		return 1;
	}
	if (X509_cmp_time(X509_get0_notBefore(cert), &when) > 0) {
		tell_warning(out, &key->rule,
		    "the certificate of key %s is not valid yet", key->name);
		return 1;
	}
	return 0;
}

unsigned
certificate_warn(FILE *out, const struct signing_key *key, int64_t now)
{
	unsigned warnings = 0;
	X509 *cert;

	if (key->certificate == NULL)
		return 0;
	if ((cert = parse(key->certificate)) == NULL) {
		tell_warning(out, &key->rule,
		    "the certificate of key %s is not a PEM certificate",
		    key->name);
		return 1;
	}
	if (!key->wrapped)
		warnings += warn_issuer(out, key, cert);
	warnings += warn_dates(out, key, cert, now);
	X509_free(cert);
	return warnings;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

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
warn_issuer(const struct hearer *to, const struct signing_key *key, X509 *cert)
{
	const char *why;

	if ((X509_get_extension_flags(cert) & EXFLAG_CA) != 0)
		why = "CA:TRUE";
	else if ((X509_get_extension_flags(cert) & EXFLAG_KUSAGE) != 0 &&
	    (X509_get_key_usage(cert) & KU_KEY_CERT_SIGN) != 0)
		why = "keyCertSign";
	else
		return 0;
	tell_warning(to, &key->use_rule,
	    "use = raw, but the certificate of key %s may sign "
	    "certificates (%s): a raw signature could be one",
	    key->name, why);
	return 1;
}

static const char *
consequence(const struct generation *g)
{
	return g->allow_expired ? "" : ": formats that need it are refused";
}

/* Of one that signs now; the others are coverage_warn's. */
static unsigned
warn_dates(const struct hearer *to, const struct generation *g, X509 *cert,
    int64_t now)
{
	time_t when = (time_t)now;
	char who[GENERATION_WHO];

	if (key_generation(g->key, now) != g)
		return 0;
	if (X509_cmp_time(X509_get0_notAfter(cert), &when) < 0) {
		tell_warning(to, &g->rule,
		    "the certificate of %s has expired%s",
		    generation_who(g, who), consequence(g));
		return 1;
	}
	if (X509_cmp_time(X509_get0_notBefore(cert), &when) > 0) {
		tell_warning(to, &g->rule,
		    "the certificate of %s is not valid yet%s",
		    generation_who(g, who), consequence(g));
		return 1;
	}
	return 0;
}

const char *
generation_who(const struct generation *g, char ret[static GENERATION_WHO])
{
	if (g->name[0] != '\0')
		snprintf(ret, GENERATION_WHO, "generation %s of key %s",
		    g->name, g->of);
	else
		snprintf(ret, GENERATION_WHO, "key %s", g->of);
	return ret;
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

int
certificate_dates(const char *pem, int64_t *ret_from, int64_t *ret_until)
{
	X509 *cert = parse(pem);
	int64_t from, until;
	int rv = -1;

	if (cert != NULL && time_of(X509_get0_notBefore(cert), &from) == 0 &&
	    time_of(X509_get0_notAfter(cert), &until) == 0) {
		*ret_from = from;
		*ret_until = until;
		rv = 0;
	}
	X509_free(cert);
	return rv;
}

unsigned
certificate_warn(
    const struct hearer *to, const struct generation *g, int64_t now)
{
	char who[GENERATION_WHO];
	unsigned warnings = 0;
	X509 *cert;

	if (g->file[KEY_FILE_CERTIFICATE] == NULL)
		return 0;
	if ((cert = parse(g->file[KEY_FILE_CERTIFICATE])) == NULL) {
		tell_warning(to, &g->rule,
		    "the certificate of %s is not a PEM certificate",
		    generation_who(g, who));
		return 1;
	}
	if (!g->key->wrapped)
		warnings += warn_issuer(to, g->key, cert);
	warnings += warn_dates(to, g, cert, now);
	X509_free(cert);
	return warnings;
}

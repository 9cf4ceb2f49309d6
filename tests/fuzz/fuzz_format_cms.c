/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any answer as CMS: what open takes is SignedData to libcrypto, too, with one
 * signer, who signed what open says.  The first byte says which format.
 */
#include <openssl/cms.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "format/certificate.h"
#include "format/ecdsa.h"
#include "format/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Of a P-256 key that nobody has. */
static const char pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBATCBqAIBBzAKBggqhkjOPQQDAjAMMQowCAYDVQQDDAFmMCAXDTI2MTEzMDIx\n"
    "MTkxM1oYDzIxMjYxMTA2MjExOTEzWjAMMQowCAYDVQQDDAFmMFkwEwYHKoZIzj0C\n"
    "AQYIKoZIzj0DAQcDQgAE57/ny6rhyiuW2EPafQE4Fmp4YC5LjQs/JemEpvKm8oRR\n"
    "Rgp/XcI1aeWmVGm5uzyfifMTvdZPIHlwc3tfwPoYGTAKBggqhkjOPQQDAgNIADBF\n"
    "AiBMQH4MKiqbzBoli5kViMRt1B1fI7esJaaafei//jm4xQIhAM9XZ8SRbW5AFaIc\n"
    "PkibISN+Bnfg4pQvqj/aVrtJ1dUN\n"
    "-----END CERTIFICATE-----\n";

static struct certificate *certificate;

static void
check(const uint8_t *answer, size_t len, const struct opened *opened)
{
	const uint8_t *at = answer;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)len);
	STACK_OF(CMS_SignerInfo) *signers =
	    cms != NULL ? CMS_get0_SignerInfos(cms) : NULL;
	const ASN1_OCTET_STRING *signature;
	uint8_t der[80];
	size_t der_len;

	if (at != answer + len || sk_CMS_SignerInfo_num(signers) != 1)
		abort();
	signature =
	    CMS_SignerInfo_get0_signature(sk_CMS_SignerInfo_value(signers, 0));
	if (ecdsa_der(KEY_P256, opened->signature, opened->signature_len, der,
		sizeof(der), &der_len) == -1 ||
	    (size_t)ASN1_STRING_length(signature) != der_len ||
	    memcmp(ASN1_STRING_get0_data(signature), der, der_len) != 0 ||
	    buf_len(&opened->input) != 32)
		abort();
	CMS_ContentInfo_free(cms);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const names[] = { "cms", "cms-noattr", "kmod",
		"fsverity", "verity" };
	static const struct format_settings none = { .namespace = "" };
	static const uint8_t digest[32] = { 1, 2, 3 };
	struct format_line line = { .hash = HASH_SHA256,
		.digest = digest,
		.len = sizeof(digest),
		.name = "" };
	struct format_key key = { .type = KEY_P256, .bits = 256, .name = "k" };
	struct making m = { .key = &key,
		.set = &none,
		.lines = &line,
		.count = 1,
		.now = 1796083200 };
	const struct format *f;
	struct opened opened;
	char text[MESSAGE_SIZE];

	if (certificate == NULL &&
	    (certificate = certificate_parse(pem, sizeof(pem) - 1, text)) ==
		NULL)
		abort();
	if (len == 0)
		return 0;
	key.certificate = certificate;
	f = format_by_name(names[data[0] % 5]);
	opened_init(&opened);
	if (f->open(&m, data + 1, len - 1, &opened) == 0)
		check(data + 1, len - 1, &opened);
	opened_release(&opened);
	return 0;
}

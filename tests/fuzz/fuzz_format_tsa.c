/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as what a session says of a time-stamp request: what fits is
 * answered, and the answer is read back, by libcrypto too.  The first byte
 * chooses the hash and the accuracy; the serial number is of the next ones.
 */
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "format/certificate.h"
#include "format/proof.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct certificate *certificate;

/* Of any key: nothing here verifies a signature. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *at, text[MESSAGE_SIZE];
	long len;

	(void)argc;
	(void)argv;
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, key);
	if (X509_sign(x, key, EVP_sha256()) == 0 ||
	    PEM_write_bio_X509(bio, x) != 1)
		abort();
	len = BIO_get_mem_data(bio, &at);
	certificate = certificate_parse(at, (size_t)len, text);
	if (certificate == NULL)
		abort();
	BIO_free(bio);
	X509_free(x);
	EVP_PKEY_free(key);
	return 0;
}

/* One response, granted, and nothing behind it. */
static void
check_response(const struct buf *answer)
{
	const uint8_t *at = (const uint8_t *)buf_at(answer);
	const uint8_t *end = at + buf_len(answer);
	TS_RESP *response = d2i_TS_RESP(NULL, &at, end - at);

	if (response == NULL || at != end ||
	    TS_RESP_get_tst_info(response) == NULL)
		abort();
	TS_RESP_free(response);
}

static void
answer(const struct format *f, const struct making *m)
{
	uint8_t signature[64];
	struct opened opened;
	struct buf input, ret;

	memset(signature, 1, sizeof(signature));
	buf_init(&input, 4096);
	buf_init(&ret, 8192);
	opened_init(&opened);
	if (f->input(m, &input) == -1 ||
	    f->finish(m, signature, sizeof(signature), &ret) == -1 ||
	    answer_check(f, m, signature, sizeof(signature), &ret, &opened) ==
		-1)
		abort();
	check_response(&ret);
	buf_release(&input);
	buf_release(&ret);
	opened_release(&opened);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct format *f = format_by_name("tsa");
	struct format_settings set = { .namespace = "", .tsa_policy = "1.2.3" };
	struct format_key key = { .type = KEY_P256,
		.bits = 256,
		.mechs = UINT64_MAX,
		.name = "stamp",
		.certificate = certificate };
	struct format_line line = { .name = "" };
	struct making m = { .key = &key,
		.set = &set,
		.lines = &line,
		.count = 1,
		.now = 1796083200 };
	uint8_t digest[DIGEST_MAX] = { 1 };
	char text[MESSAGE_SIZE];
	enum hash over;

	if (len < 1 + FORMAT_RANDOM)
		return 0;
	line.hash = (enum hash)(data[0] % HASH_COUNT);
	set.tsa_accuracy_s = data[0] / HASH_COUNT;
	line.digest = digest;
	line.len = hash_size(line.hash);
	m.random = data + 1;
	line.extra = data + 1 + FORMAT_RANDOM;
	line.extra_len = len - 1 - FORMAT_RANDOM;
	if (f->mech(key.type, line.hash, &over) == MECH_NONE ||
	    f->fit(&m, text) != REASON_OK)
		return 0;
	answer(f, &m);
	return 0;
}

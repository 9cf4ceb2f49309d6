/* SPDX-License-Identifier: Apache-2.0 */
/* tool-links: -lcrypto -ldl */
/*
 * The raw PKCS#11 loop, nothing around it.
 *
 *	limit	-c processes sign for -t seconds on open sessions; with -v
 *		each signature is verified with the public key as well
 *	lines	the peer's signing program: digest lines on standard input,
 *		HEX  BASE64  NAME on standard output, one process
 *
 * PKCS#1 v1.5 for RSA, raw r||s for EC keys.  SHA-256 only.
 */
#include <dlfcn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

#define SIG_MAX 1024
#define PIECE 32768

struct options {
	const char *mode, *module, *token, *pin_file, *key;
	int processes;
	double seconds;
	bool verify;
};

struct signer {
	CK_FUNCTION_LIST *f;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key, public;
	CK_MECHANISM mech;
	EVP_PKEY_CTX *verify; /* or NULL */
	bool ec;
};

static const char usage[] =
    "usage: bench_token limit|lines -m module -l token -P pin-file -k key\n"
    "           [-c processes] [-t seconds] [-v]\n";

/* DigestInfo of SHA-256, up to the digest. */
static const uint8_t sha256_info[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
	0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
	0x20 };

static void
must(CK_RV rv, const char *what)
{
	if (rv == CKR_OK)
		return;
	fprintf(stderr, "bench_token: %s: 0x%lx\n", what, rv);
	_exit(1);
}

static CK_FUNCTION_LIST *
module_load(const char *path)
{
	void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	CK_C_GetFunctionList get;
	CK_FUNCTION_LIST *f;

	must(so != NULL ? CKR_OK : CKR_GENERAL_ERROR, path);
	*(void **)&get = dlsym(so, "C_GetFunctionList");
	must(get(&f), "C_GetFunctionList");
	must(f->C_Initialize(NULL), "C_Initialize");
	return f;
}

static CK_SLOT_ID
slot_find(CK_FUNCTION_LIST *f, const char *label)
{
	CK_SLOT_ID slots[256];
	CK_ULONG n = 256;
	CK_TOKEN_INFO ti;
	size_t len = strlen(label);

	must(f->C_GetSlotList(CK_TRUE, slots, &n), "C_GetSlotList");
	for (CK_ULONG i = 0; i < n; i++) {
		if (f->C_GetTokenInfo(slots[i], &ti) == CKR_OK &&
		    memcmp(ti.label, label, len) == 0 &&
		    (len == sizeof(ti.label) || ti.label[len] == ' '))
			return slots[i];
	}
	must(CKR_TOKEN_NOT_PRESENT, label);
	return 0;
}

static CK_OBJECT_HANDLE
object_find(struct signer *s, const char *label, CK_OBJECT_CLASS class)
{
	char name[64];
	CK_ATTRIBUTE want[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_LABEL, name, 0 } };
	CK_OBJECT_HANDLE h = 0;
	CK_ULONG n;

	text_copy(name, sizeof(name), label);
	want[1].ulValueLen = strlen(name);
	must(s->f->C_FindObjectsInit(s->session, want, 2), "C_FindObjectsInit");
	must(s->f->C_FindObjects(s->session, &h, 1, &n), "C_FindObjects");
	must(s->f->C_FindObjectsFinal(s->session), "C_FindObjectsFinal");
	must(n == 1 ? CKR_OK : CKR_KEY_HANDLE_INVALID, label);
	return h;
}

static size_t
attribute(struct signer *s, CK_ATTRIBUTE_TYPE type, void *ret, size_t size)
{
	CK_ATTRIBUTE a = { type, ret, size };

	must(s->f->C_GetAttributeValue(s->session, s->public, &a, 1),
	    "C_GetAttributeValue");
	return a.ulValueLen;
}

static EVP_PKEY *
public_from(const char *type, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		must(CKR_GENERAL_ERROR, "public key");
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* OpenSSL wants native order, PKCS#11 gives big-endian. */
static void
turn_around(uint8_t *p, size_t len)
{
	uint8_t t;

	for (size_t i = 0; i < len / 2; i++) {
		t = p[i];
		p[i] = p[len - 1 - i];
		p[len - 1 - i] = t;
	}
}

static EVP_PKEY *
public_rsa(struct signer *s)
{
	uint8_t n[1024], e[16];
	size_t nlen = attribute(s, CKA_MODULUS, n, sizeof(n));
	size_t elen = attribute(s, CKA_PUBLIC_EXPONENT, e, sizeof(e));
	OSSL_PARAM p[3];

	turn_around(n, nlen);
	turn_around(e, elen);
	p[0] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, n, nlen);
	p[1] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, e, elen);
	p[2] = OSSL_PARAM_construct_end();
	return public_from("RSA", p);
}

/* CKA_EC_POINT is the point in an OCTET STRING. */
static EVP_PKEY *
public_ec(struct signer *s)
{
	uint8_t point[256];
	size_t len = attribute(s, CKA_EC_POINT, point, sizeof(point));
	size_t head = point[1] & 0x80 ? 3 : 2;
	char group[16] = "P-256";
	OSSL_PARAM p[3];

	if (len - head == 97)
		text_copy(group, sizeof(group), "P-384");
	p[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
	p[1] = OSSL_PARAM_construct_octet_string(
	    OSSL_PKEY_PARAM_PUB_KEY, point + head, len - head);
	p[2] = OSSL_PARAM_construct_end();
	return public_from("EC", p);
}

static void
signer_open(struct signer *s, const struct options *o)
{
	CK_KEY_TYPE type;
	char pin[256] = "";
	FILE *f = fopen(o->pin_file, "r");
	EVP_PKEY *pub;

	if (f == NULL || fgets(pin, sizeof(pin), f) == NULL)
		must(CKR_PIN_INVALID, o->pin_file);
	else
		fclose(f);
	pin[strcspn(pin, "\n")] = '\0';
	s->f = module_load(o->module);
	must(s->f->C_OpenSession(slot_find(s->f, o->token), CKF_SERIAL_SESSION,
		 NULL, NULL, &s->session),
	    "C_OpenSession");
	must(s->f->C_Login(
		 s->session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin)),
	    "C_Login");
	s->key = object_find(s, o->key, CKO_PRIVATE_KEY);
	s->public = object_find(s, o->key, CKO_PUBLIC_KEY);
	attribute(s, CKA_KEY_TYPE, &type, sizeof(type));
	s->mech.mechanism = type == CKK_RSA ? CKM_RSA_PKCS : CKM_ECDSA;
	s->ec = type == CKK_EC;
	if (!o->verify)
		return;
	pub = s->ec ? public_ec(s) : public_rsa(s);
	s->verify = EVP_PKEY_CTX_new(pub, NULL);
	EVP_PKEY_verify_init(s->verify);
	if (!s->ec)
		EVP_PKEY_CTX_set_signature_md(s->verify, EVP_sha256());
}

static size_t
sign_digest(struct signer *s, const uint8_t digest[32], uint8_t sig[SIG_MAX])
{
	uint8_t info[sizeof(sha256_info) + 32];
	size_t skip =
	    s->mech.mechanism == CKM_RSA_PKCS ? 0 : sizeof(sha256_info);
	CK_ULONG len = SIG_MAX;

	memcpy(info, sha256_info, sizeof(sha256_info));
	memcpy(info + sizeof(sha256_info), digest, 32);
	must(s->f->C_SignInit(s->session, &s->mech, s->key), "C_SignInit");
	must(s->f->C_Sign(
		 s->session, info + skip, sizeof(info) - skip, sig, &len),
	    "C_Sign");
	return len;
}

static bool
verify_signature(
    struct signer *s, const uint8_t *digest, const uint8_t *sig, size_t len)
{
	ECDSA_SIG *rs;
	uint8_t *der = NULL;
	int n, half = (int)len / 2;
	bool ok;

	if (!s->ec)
		return EVP_PKEY_verify(s->verify, sig, len, digest, 32) == 1;
	rs = ECDSA_SIG_new();
	ECDSA_SIG_set0(
	    rs, BN_bin2bn(sig, half, NULL), BN_bin2bn(sig + half, half, NULL));
	n = i2d_ECDSA_SIG(rs, &der);
	ok = EVP_PKEY_verify(s->verify, der, (size_t)n, digest, 32) == 1;
	OPENSSL_free(der);
	ECDSA_SIG_free(rs);
	return ok;
}

/* One process of the limit: says it is ready, waits, signs, tells how many. */
static void
run_limit_child(const struct options *o, int ready, int go, int told)
{
	struct signer s = { 0 };
	uint8_t digest[32] = { 0 }, sig[SIG_MAX];
	uint64_t end, n = 0;
	char byte = 'x';
	size_t len;

	signer_open(&s, o);
	(void)!write(ready, &byte, 1);
	(void)!read(go, &byte, 1);
	end = clock_mono_us() + (uint64_t)(o->seconds * 1e6);
	while (clock_mono_us() < end) {
		memcpy(digest, &n, sizeof(n));
		len = sign_digest(&s, digest, sig);
		if (o->verify && !verify_signature(&s, digest, sig, len))
			must(CKR_SIGNATURE_INVALID, "verification");
		n++;
	}
	(void)!write(told, &n, sizeof(n));
	_exit(0);
}

/* They log in one after another: SoftHSM does not bear it otherwise. */
static int
run_limit(const struct options *o)
{
	int ready[2], go[2], told[2];
	uint64_t n, sum = 0;
	struct rusage ru;
	char byte;

	if (pipe(ready) | pipe(go) | pipe(told))
		return 1;
	for (int i = 0; i < o->processes; i++) {
		if (fork() == 0) {
			close(go[1]);
			run_limit_child(o, ready[1], go[0], told[1]);
		}
		if (read(ready[0], &byte, 1) != 1)
			return 1;
	}
	close(go[1]);
	for (int i = 0; i < o->processes; i++) {
		if (read(told[0], &n, sizeof(n)) != sizeof(n))
			return 1;
		sum += n;
	}
	while (wait(NULL) > 0)
		;
	getrusage(RUSAGE_CHILDREN, &ru);
	double cpu = (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1e6 +
	    (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec);
	printf("rate=%.1f cpu_us=%.1f\n", (double)sum / o->seconds,
	    cpu / (double)sum);
	return 0;
}

static void
answer_line(struct signer *s, const char *line, size_t len, struct buf *out)
{
	uint8_t digest[32], sig[SIG_MAX];
	char text[BASE64_SIZE(SIG_MAX)];
	size_t n;

	if (len < 64 || hex_decode(line, 64, digest) != 0)
		must(CKR_DATA_INVALID, "line");
	n = sign_digest(s, digest, sig);
	base64_encode(sig, n, true, text);
	buf_addf(out, "%.64s  %s  %.*s\n", line, text,
	    len > 66 ? (int)(len - 66) : 1, len > 66 ? line + 66 : "-");
}

/* What is ready goes out in one write, before the next read. */
static int
run_lines(const struct options *o)
{
	struct signer s = { 0 };
	struct buf in, out;
	const char *lf;
	ssize_t n;

	signer_open(&s, o);
	buf_init(&in, 1 << 20);
	buf_init(&out, 1 << 20);
	while ((n = read(0, buf_reserve(&in, PIECE), PIECE)) > 0) {
		buf_commit(&in, (size_t)n);
		while ((lf = memchr(buf_at(&in), '\n', buf_len(&in)))) {
			n = lf - buf_at(&in);
			answer_line(&s, buf_at(&in), (size_t)n, &out);
			buf_consume(&in, (size_t)n + 1);
		}
		if (write(1, buf_at(&out), buf_len(&out)) < 0)
			return 1;
		buf_consume(&out, buf_len(&out));
	}
	return 0;
}

static bool
options_parse(struct options *o, int argc, char **argv)
{
	int c;

	o->mode = argc > 1 ? argv[1] : "";
	optind = 2;
	while ((c = getopt(argc, argv, "m:l:P:k:c:t:v")) != -1) {
		if (c == 'm')
			o->module = optarg;
		else if (c == 'l')
			o->token = optarg;
		else if (c == 'P')
			o->pin_file = optarg;
		else if (c == 'k')
			o->key = optarg;
		else if (c == 'c')
			o->processes = atoi(optarg);
		else if (c == 't')
			o->seconds = atof(optarg);
		else if (c == 'v')
			o->verify = true;
		else
			return false;
	}
	return o->module && o->token && o->pin_file && o->key;
}

int
main(int argc, char **argv)
{
	struct options o = { .processes = 1, .seconds = 2 };

	if (!options_parse(&o, argc, argv)) {
		fputs(usage, stderr);
		return 64;
	}
	return strcmp(o.mode, "limit") == 0 ? run_limit(&o) : run_lines(&o);
}

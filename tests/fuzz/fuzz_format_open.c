/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers that are text, read back: each format's own, for a token's signature
 * that may be anything, and then with bytes changed, cut off or put in.  What
 * open takes, and what it finds to be signed as the format signs it, is what
 * finish would write: no other answer stands for the same signature.
 */
#include <stdlib.h>
#include <string.h>

#include "format/der.h"
#include "format/format.h"
#include "format/proof.h"

#define LINES 3
#define ANSWER_MAX ((size_t)1 << 16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct {
	const char *format;
	enum key_type type;
	uint16_t bits;
	enum hash hash;
} cases[] = {
	{ "minisign", KEY_ED25519, 255, HASH_BLAKE2B },
	{ "sums-signify", KEY_ED25519, 255, HASH_SHA512 },
	{ "ima", KEY_RSA, 2048, HASH_SHA384 },
	{ "ima", KEY_P256, 256, HASH_SHA256 },
	{ "freebsd-pkg", KEY_RSA, 2048, HASH_SHA256 },
	{ "jws", KEY_RSA, 2048, HASH_SHA512 },
	{ "jws", KEY_P256, 256, HASH_SHA256 },
	{ "sigstore-bundle", KEY_P256, 256, HASH_SHA256 },
	{ "sigstore-dsse", KEY_P256, 256, HASH_SHA256 },
	{ "dsse", KEY_ED25519, 255, HASH_SHA3_512 },
	{ "dsse", KEY_RSA, 2048, HASH_SHA256 },
	{ "manifest", KEY_ED25519, 255, HASH_SHA256 },
	{ "manifest", KEY_P256, 256, HASH_SHA512 },
};
#define CASES (sizeof(cases) / sizeof(cases[0]))

static const char *const names[LINES] = { "fw.bin", "a b", "\xc3\xa4\"" };

static struct buf spki[KEY_TYPE_COUNT];

/* Numbers that libcrypto takes for a key of 2048 bits. */
static void
make_rsa(struct buf *ret)
{
	uint8_t modulus[256];
	size_t whole, algorithm, bits, key;

	memset(modulus, 0xfb, sizeof(modulus));
	whole = der_begin(ret, DER_SEQUENCE);
	algorithm = der_begin(ret, DER_SEQUENCE);
	der_oid(ret, "1.2.840.113549.1.1.1");
	der_null(ret);
	der_end(ret, algorithm);
	bits = der_begin(ret, DER_BIT_STRING);
	buf_add(ret, "", 1);
	key = der_begin(ret, DER_SEQUENCE);
	der_unsigned(ret, modulus, sizeof(modulus));
	der_integer(ret, 65537);
	der_end(ret, key);
	der_end(ret, bits);
	der_end(ret, whole);
}

/* The curve's own base point. */
static void
make_p256(struct buf *ret)
{
	static const char hex[] = "04"
				  "6b17d1f2e12c4247f8bce6e563a440f2"
				  "77037d812deb33a0f4a13945d898c296"
				  "4fe342e2fe1a7f9b8ee7eb4a7c0f9e16"
				  "2bce33576b315ececbb6406837bf51f5";
	uint8_t point[65];
	size_t whole, algorithm, bits;

	if (hex_decode(hex, strlen(hex), point) == -1)
		abort();
	whole = der_begin(ret, DER_SEQUENCE);
	algorithm = der_begin(ret, DER_SEQUENCE);
	der_oid(ret, "1.2.840.10045.2.1");
	der_oid(ret, "1.2.840.10045.3.1.7");
	der_end(ret, algorithm);
	bits = der_begin(ret, DER_BIT_STRING);
	buf_add(ret, "", 1);
	buf_add(ret, point, sizeof(point));
	der_end(ret, bits);
	der_end(ret, whole);
}

static void
make_ed25519(struct buf *ret)
{
	uint8_t key[33] = { 0, 9 };
	size_t whole, algorithm;

	whole = der_begin(ret, DER_SEQUENCE);
	algorithm = der_begin(ret, DER_SEQUENCE);
	der_oid(ret, "1.3.101.112");
	der_end(ret, algorithm);
	der_put(ret, DER_BIT_STRING, key, sizeof(key));
	der_end(ret, whole);
}

static void
make_keys(void)
{
	if (spki[KEY_RSA].data != NULL)
		return;
	for (size_t i = 0; i < KEY_TYPE_COUNT; i++)
		buf_init(&spki[i], 1024);
	make_rsa(&spki[KEY_RSA]);
	make_p256(&spki[KEY_P256]);
	make_ed25519(&spki[KEY_ED25519]);
}

static int
keep(void *arg, size_t index, const uint8_t *answer, size_t len)
{
	if (index == 1)
		buf_add(arg, answer, len);
	return 0;
}

/* 0, or -1: that is no signature. */
static int
finish(const struct format *f, const struct making *m, const uint8_t *signature,
    size_t len, struct buf *ret)
{
	buf_init(ret, ANSWER_MAX);
	if (f->shape == SHAPE_SHARED)
		return f->finish_each(m, signature, len, keep, ret);
	return f->finish(m, signature, len, ret);
}

/* Pairs of a place and a byte: another byte, one more, or the end. */
static void
change(struct buf *b, const uint8_t *data, size_t len)
{
	char *at = b->data + b->start;

	for (; len >= 3 && buf_len(b) > 0; data += 3, len -= 3) {
		size_t place = ((size_t)data[0] << 8 | data[1]) % buf_len(b);

		if ((data[0] & 0xc0) == 0xc0)
			b->end = b->start + place;
		else
			at[place] = (char)data[2];
	}
}

static bool
is_input(
    const struct format *f, const struct making *m, const struct opened *opened)
{
	struct buf want;
	bool same;

	buf_init(&want, ANSWER_MAX);
	same = f->input(m, &want) == 0 &&
	    buf_len(&want) == buf_len(&opened->input) &&
	    memcmp(buf_at(&want), buf_at(&opened->input), buf_len(&want)) == 0;
	buf_release(&want);
	return same;
}

/* Every step is signed as it should be: then it is the answer, to the byte. */
static bool
read_back(const struct format *f, struct making m, const struct buf *answer)
{
	uint8_t first[2048];
	struct opened opened;
	struct buf again;

	opened_init(&opened);
	for (m.step = 0; m.step < format_steps(f); m.step++) {
		buf_consume(&opened.input, buf_len(&opened.input));
		if (f->open(&m, (const uint8_t *)buf_at(answer),
			buf_len(answer), &opened) == -1 ||
		    !is_input(f, &m, &opened))
			break;
		if (m.step + 1 < format_steps(f)) {
			memcpy(first, opened.signature, opened.signature_len);
			m.first = first;
			m.first_len = opened.signature_len;
			continue;
		}
		if (finish(f, &m, opened.signature, opened.signature_len,
			&again) == 0 &&
		    (buf_len(&again) != buf_len(answer) ||
			memcmp(buf_at(&again), buf_at(answer),
			    buf_len(answer)) != 0))
			abort();
		buf_release(&again);
	}
	opened_release(&opened);
	return m.step == format_steps(f);
}

static void
try(size_t i, const uint8_t *data, size_t len)
{
	static const struct format_settings none = { .namespace = "" };
	static uint8_t first[64], digest[DIGEST_MAX];
	const struct format *f = format_by_name(cases[i].format);
	struct buf *public = &spki[cases[i].type];
	struct format_key key = { .type = cases[i].type,
		.bits = cases[i].bits,
		.mechs = UINT64_MAX,
		.name = "release",
		.spki = (const uint8_t *)buf_at(public),
		.spki_len = buf_len(public) };
	struct format_line lines[LINES];
	struct making m = { .key = &key,
		.set = &none,
		.lines = lines,
		.count = f->shape == SHAPE_EACH ? 1 : LINES,
		.now = 1796083200,
		.index = f->shape == SHAPE_SHARED ? 1 : 0,
		.step = format_steps(f) - 1,
		.first = first,
		.first_len = sizeof(first) };
	uint8_t signature[256];
	size_t size = key.type == KEY_RSA ? 256 : 64;
	struct buf answer;

	for (size_t n = 0; n < LINES; n++)
		lines[n] = (struct format_line){ .hash = cases[i].hash,
			.digest = digest,
			.len = hash_size(cases[i].hash),
			.name = names[n] };
	memset(signature, 0x21, sizeof(signature));
	memcpy(signature, data, len < 8 ? len : 8);
	if (finish(f, &m, signature, size, &answer) == 0) {
		if (!read_back(f, m, &answer))
			abort();
		if (len > 8)
			change(&answer, data + 8, len - 8);
		read_back(f, m, &answer);
	}
	buf_release(&answer);
	/* And what never was an answer. */
	buf_init(&answer, ANSWER_MAX);
	buf_add(&answer, data, len);
	read_back(f, m, &answer);
	buf_release(&answer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	make_keys();
	if (len > 1 && len < 4096)
		try(data[0] % CASES, data + 1, len - 1);
	return 0;
}

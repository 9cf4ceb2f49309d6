/* SPDX-License-Identifier: Apache-2.0 */
#include "format/ed25519.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format/native.h"
#include "format/proof.h"
#include "format/scan.h"

#define LINE_BYTES (2 + ED25519_NUMBER + ED25519_SIGNATURE)

/* All of an SPKI before the key itself (RFC 8410, 4). */
static const uint8_t head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65,
	0x70, 0x03, 0x21, 0x00 };

int
ed25519_public(const uint8_t *spki, size_t len, uint8_t ret[ED25519_PUBLIC])
{
	if (len != sizeof(head) + ED25519_PUBLIC ||
	    memcmp(spki, head, sizeof(head)) != 0)
		return -1;
	memcpy(ret, spki + sizeof(head), ED25519_PUBLIC);
	return 0;
}

int
ed25519_number(const uint8_t *spki, size_t len, uint8_t ret[ED25519_NUMBER])
{
	uint8_t public[ED25519_PUBLIC], hash[DIGEST_MAX];

	if (ed25519_public(spki, len, public) == -1 ||
	    proof_digest(HASH_SHA256, public, sizeof(public), hash) == -1)
		return -1;
	memcpy(ret, hash, ED25519_NUMBER);
	return 0;
}

/* "Ed", number, key in base64. */
#define KEY_BYTES (2 + ED25519_NUMBER + ED25519_PUBLIC)

static int
key_base64(const uint8_t *spki, size_t len, char ret[BASE64_SIZE(KEY_BYTES)])
{
	uint8_t all[KEY_BYTES] = "Ed";

	if (ed25519_number(spki, len, all + 2) == -1 ||
	    ed25519_public(spki, len, all + 2 + ED25519_NUMBER) == -1)
		return -1;
	base64_encode(all, sizeof(all), true, ret);
	return 0;
}

/* minisign prints the number as one of 64 bits, its first byte the lowest. */
int
pubkey_minisign(const uint8_t *spki, size_t len, char *ret, size_t size)
{
	char base64[BASE64_SIZE(KEY_BYTES)];
	uint8_t number[ED25519_NUMBER];
	uint64_t shown = 0;
	int need;

	if (key_base64(spki, len, base64) == -1 ||
	    ed25519_number(spki, len, number) == -1)
		return -1;
	for (size_t i = sizeof(number); i-- > 0;)
		shown = shown << 8 | number[i];
	need = snprintf(ret, size,
	    "untrusted comment: minisign public key %016" PRIX64 "\n%s\n",
	    shown, base64);
	return need > 0 && (size_t)need < size ? 0 : -1;
}

int
pubkey_signify(
    const uint8_t *spki, size_t len, const char *name, char *ret, size_t size)
{
	char base64[BASE64_SIZE(KEY_BYTES)];
	int need;

	if (key_base64(spki, len, base64) == -1)
		return -1;
	need = snprintf(
	    ret, size, "untrusted comment: %s public key\n%s\n", name, base64);
	return need > 0 && (size_t)need < size ? 0 : -1;
}

int
ed25519_line(const struct making *m, const char letters[2],
    const uint8_t *signature, size_t len, struct buf *ret)
{
	uint8_t all[LINE_BYTES];

	if (len != ED25519_SIGNATURE ||
	    ed25519_number(m->key->spki, m->key->spki_len, all + 2) == -1)
		return -1;
	memcpy(all, letters, 2);
	memcpy(all + 2 + ED25519_NUMBER, signature, len);
	buf_add_base64(ret, all, sizeof(all));
	buf_adds(ret, "\n");
	return ret->bad ? -1 : 0;
}

void
scan_ed25519_line(struct reader *r, const struct making *m,
    const char letters[2], uint8_t ret[ED25519_SIGNATURE])
{
	uint8_t all[LINE_BYTES], number[ED25519_NUMBER];
	size_t len;

	scan_base64(r, '\n', all, sizeof(all), &len);
	if (len != sizeof(all) || memcmp(all, letters, 2) != 0 ||
	    ed25519_number(m->key->spki, m->key->spki_len, number) == -1 ||
	    memcmp(all + 2, number, sizeof(number)) != 0)
		reader_fail(r);
	else
		memcpy(ret, all + 2 + ED25519_NUMBER, ED25519_SIGNATURE);
}

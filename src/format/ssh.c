/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures; ssh_put_key is in pubkey.c.
 */
#include "format/ssh.h"

#include <string.h>

#include "format/digest.h"
#include "format/ecdsa.h"

#define HALF_MAX 66 /* bytes of P-521's order */
#define ED25519_LEN 64

static const char *
algorithm(enum key_type type)
{
	static const char *const words[KEY_TYPE_COUNT] = {
		[KEY_RSA] = "rsa-sha2-512",
		[KEY_P256] = "ecdsa-sha2-nistp256",
		[KEY_P384] = "ecdsa-sha2-nistp384",
		[KEY_P521] = "ecdsa-sha2-nistp521",
		[KEY_ED25519] = "ssh-ed25519",
	};

	return words[type];
}

/* Shortest, and with a zero in front where it would be negative. */
static void
put_mpint(struct writer *w, const uint8_t *number, size_t len)
{
	uint8_t padded[1 + HALF_MAX] = { 0 };

	for (; len > 0 && *number == 0; len--)
		number++;
	if (len == 0 || len > HALF_MAX) {
		writer_fail(w);
		return;
	}
	memcpy(padded + 1, number, len);
	if (*number >= 0x80)
		put_bytes(w, padded, len + 1);
	else
		put_bytes(w, padded + 1, len);
}

static int
put_ecdsa(
    struct writer *w, enum key_type type, const uint8_t *signature, size_t len)
{
	uint8_t both[2 * (4 + 1 + HALF_MAX)];
	struct writer inner;

	if (ecdsa_check(type, signature, len) == -1)
		return -1;
	writer_init(&inner, both, sizeof(both));
	put_mpint(&inner, signature, len / 2);
	put_mpint(&inner, signature + len / 2, len / 2);
	if (!writer_ok(&inner))
		return -1;
	put_bytes(w, both, inner.used);
	return 0;
}

int
ssh_put_signature(struct writer *w, const struct format_key *k,
    const uint8_t *signature, size_t len)
{
	const char *word = algorithm(k->type);

	if (word == NULL)
		return -1;
	put_bytes(w, word, strlen(word));
	if (k->type == KEY_RSA) {
		if (rsa_check(k, signature, len) == -1)
			return -1;
		put_bytes(w, signature, len);
	} else if (k->type == KEY_ED25519) {
		if (len != ED25519_LEN)
			return -1;
		put_bytes(w, signature, len);
	} else if (put_ecdsa(w, k->type, signature, len) == -1) {
		return -1;
	}
	return writer_ok(w) ? 0 : -1;
}

/* As put_mpint writes it, into size bytes. */
static void
get_mpint(struct reader *r, uint8_t *ret, size_t size)
{
	size_t len;
	const uint8_t *at = get_view(r, 1 + HALF_MAX, &len);

	if (at == NULL || len == 0 || at[0] >= 0x80 ||
	    (at[0] == 0 && (len == 1 || at[1] < 0x80))) {
		reader_fail(r);
		return;
	}
	if (at[0] == 0) {
		at++;
		len--;
	}
	if (len > size) {
		reader_fail(r);
		return;
	}
	memset(ret, 0, size - len);
	memcpy(ret + size - len, at, len);
}

static int
get_ecdsa(enum key_type type, const uint8_t *both, size_t len, uint8_t *ret)
{
	size_t half = ecdsa_order_size(type);
	struct reader r;

	reader_init(&r, both, len);
	get_mpint(&r, ret, half);
	get_mpint(&r, ret + half, half);
	if (!reader_done(&r))
		return -1;
	return ecdsa_check(type, ret, 2 * half);
}

int
ssh_get_signature(const struct format_key *k, const uint8_t *blob, size_t len,
    uint8_t *ret, size_t size, size_t *ret_len)
{
	const char *word = algorithm(k->type);
	const uint8_t *name, *at;
	size_t name_len, at_len, half = ecdsa_order_size(k->type);
	struct reader r;

	reader_init(&r, blob, len);
	name = get_view(&r, NAME_SIZE, &name_len);
	at = get_view(&r, size, &at_len);
	if (!reader_done(&r) || word == NULL || name_len != strlen(word) ||
	    memcmp(name, word, name_len) != 0)
		return -1;
	if (half != 0) {
		*ret_len = 2 * half;
		return 2 * half > size ? -1 :
					 get_ecdsa(k->type, at, at_len, ret);
	}
	if (k->type == KEY_RSA ? rsa_check(k, at, at_len) == -1 :
				 at_len != ED25519_LEN)
		return -1;
	memcpy(ret, at, at_len);
	*ret_len = at_len;
	return 0;
}

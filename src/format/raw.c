/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raw: PKCS#1 v1.5 (RFC 8017, 8.2), or the DER of an ECDSA signature
 * (RFC 3279, 2.2.3): what openssl dgst -verify and pkeyutl -verify take.
 */
#include "format/digest.h"
#include "format/ecdsa.h"
#include "format/rows.h"

static enum mech
raw_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	*ret_over = hash;
	if (hash == HASH_BLAKE2B)
		return MECH_NONE;
	if (type == KEY_RSA)
		return MECH_RSA_PKCS1;
	return ecdsa_order_size(type) != 0 ? MECH_ECDSA : MECH_NONE;
}

static int
raw_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	uint8_t der[160];
	size_t der_len;

	if (m->key->type == KEY_RSA)
		return rsa_finish(m, signature, len, ret);
	if (ecdsa_der(
		m->key->type, signature, len, der, sizeof(der), &der_len) == -1)
		return -1;
	buf_add(ret, der, der_len);
	return ret->bad ? -1 : 0;
}

static int
raw_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	if (m->key->type == KEY_RSA)
		return plain_open(m, answer, len, ret);
	return ecdsa_der_open(m, answer, len, ret);
}

const struct format format_raw = {
	.name = "raw",
	.wrapped = false,
	.extension = "sig",
	.help = "RSA: PKCS#1 v1.5; ECDSA: DER (openssl dgst -verify)",
	.mech = raw_mech,
	.input = digest_input,
	.finish = raw_finish,
	.open = raw_open,
};

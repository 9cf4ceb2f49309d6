/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raw: PKCS#1 v1.5 (RFC 8017, 8.2), or the DER of an ECDSA signature
 * (RFC 3279, 2.2.3): what openssl dgst -verify and pkeyutl -verify take.
 */
#include "format/digest.h"
#include "format/ecdsa.h"
#include "format/proof.h"
#include "format/rows.h"

static enum mech
raw_mech(enum key_type type, enum hash hash)
{
	(void)hash;
	if (type == KEY_RSA)
		return MECH_RSA_PKCS1;
	return ecdsa_order_size(type) != 0 ? MECH_ECDSA : MECH_NONE;
}

static int
raw_finish(const struct format_key *key, const uint8_t *signature, size_t len,
    uint8_t *ret, size_t size, size_t *ret_len)
{
	if (key->type == KEY_RSA)
		return rsa_finish(key, signature, len, ret, size, ret_len);
	return ecdsa_der(key->type, signature, len, ret, size, ret_len);
}

static int
raw_verify(const struct format_proof *proof)
{
	if (proof->type == KEY_RSA)
		return rsa_verify(proof);
	return ecdsa_der_verify(proof);
}

const struct format format_raw = {
	.name = "raw",
	.wrapped = false,
	.extension = "sig",
	.help = "RSA: PKCS#1 v1.5; ECDSA: DER (openssl dgst -verify)",
	.mech = raw_mech,
	.input = digest_input,
	.finish = raw_finish,
	.verify = raw_verify,
};

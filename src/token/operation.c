/* SPDX-License-Identifier: Apache-2.0 */
#include "token/operation.h"

#include <string.h>

/* From PKCS#11 3.0; p11-kit 0.24 has no names for the SHA-3 ones. */
#define CS_CKM_SHA3_256 0x2b0UL
#define CS_CKM_SHA3_384 0x2c0UL
#define CS_CKM_SHA3_512 0x2d0UL
#define CS_CKG_MGF1_SHA3_256 0x7UL
#define CS_CKG_MGF1_SHA3_384 0x8UL
#define CS_CKG_MGF1_SHA3_512 0x9UL

/*
 * oid is the last byte of 2.16.840.1.101.3.4.2.N, all that tells these six
 * algorithms apart.
 */
static const struct {
	CK_MECHANISM_TYPE digest;
	CK_ULONG mgf;
	uint8_t oid;
} hashes[HASH_COUNT] = {
	[HASH_SHA256] = { CKM_SHA256, CKG_MGF1_SHA256, 1 },
	[HASH_SHA384] = { CKM_SHA384, CKG_MGF1_SHA384, 2 },
	[HASH_SHA512] = { CKM_SHA512, CKG_MGF1_SHA512, 3 },
	[HASH_SHA3_256] = { CS_CKM_SHA3_256, CS_CKG_MGF1_SHA3_256, 8 },
	[HASH_SHA3_384] = { CS_CKM_SHA3_384, CS_CKG_MGF1_SHA3_384, 9 },
	[HASH_SHA3_512] = { CS_CKM_SHA3_512, CS_CKG_MGF1_SHA3_512, 10 },
};

size_t
digest_info(
    enum hash hash, const uint8_t *digest, uint8_t ret[static DIGEST_INFO_MAX])
{
	static const uint8_t head[19] = { 0x30, 0, 0x30, 0x0d, 0x06, 0x09, 0x60,
		0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0, 0x05, 0x00, 0x04,
		0 };
	size_t len = hash_size(hash);

	memcpy(ret, head, sizeof(head));
	ret[1] = (uint8_t)(17 + len);
	ret[14] = hashes[hash].oid;
	ret[18] = (uint8_t)len;
	memcpy(ret + sizeof(head), digest, len);
	return sizeof(head) + len;
}

/* Bytes of the order of the curve's group. */
static size_t
order_len(enum key_type type)
{
	return type == KEY_P256 ? 32 : type == KEY_P384 ? 48 : 66;
}

static bool
is_curve(enum key_type type)
{
	return type == KEY_P256 || type == KEY_P384 || type == KEY_P521;
}

static bool
init_rsa(
    struct operation *o, enum mech mech, enum hash hash, const uint8_t *digest)
{
	if (mech == MECH_RSA_PKCS1) {
		o->mechanism.mechanism = CKM_RSA_PKCS;
		o->len = digest_info(hash, digest, o->info);
		o->input = o->info;
		return true;
	}
	o->pss.hashAlg = hashes[hash].digest;
	o->pss.mgf = hashes[hash].mgf;
	o->pss.sLen = hash_size(hash);
	o->mechanism.mechanism = CKM_RSA_PKCS_PSS;
	o->mechanism.pParameter = &o->pss;
	o->mechanism.ulParameterLen = sizeof(o->pss);
	return true;
}

static bool
init_ecdsa(struct operation *o, enum key_type type)
{
	/*
	 * ECDSA takes the leftmost bits of a digest that is longer than the
	 * order; some tokens refuse to do that themselves.
	 */
	if (o->len > order_len(type))
		o->len = order_len(type);
	o->mechanism.mechanism = CKM_ECDSA;
	return true;
}

bool
operation_init(struct operation *o, enum key_type type, enum mech mech,
    enum hash hash, const uint8_t *input, size_t len)
{
	memset(&o->mechanism, 0, sizeof(o->mechanism));
	o->input = input;
	o->len = len;
	if (mech == MECH_EDDSA) {
		o->mechanism.mechanism = CKM_EDDSA;
		return type == KEY_ED25519 && hash == HASH_NONE && len > 0;
	}
	if (hashes[hash].oid == 0 || hash_size(hash) != len)
		return false;
	if (mech == MECH_RSA_PKCS1 || mech == MECH_RSA_PSS)
		return type == KEY_RSA && init_rsa(o, mech, hash, input);
	if (mech == MECH_ECDSA)
		return is_curve(type) && init_ecdsa(o, type);
	return false;
}

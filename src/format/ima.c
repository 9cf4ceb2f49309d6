/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ima: the value of a file's security.ima with a version 2 signature, what
 * evmctl ima_verify --sigfile reads and evmctl writes to the file.
 *
 *	03 02	a signature, version 2
 *	u8	the hash, as the kernel's hash_info.h numbers them
 *	u32	the last bytes of the SHA-1 of the public key: which it is
 *	u16	length, then RSA's PKCS#1 v1.5 or the DER of an ECDSA signature
 */
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

#include "format/der.h"
#include "format/digest.h"
#include "format/ecdsa.h"
#include "format/native.h"
#include "format/rows.h"

#define HEAD 9
#define SIGNATURE_MAX 2048
#define KEY_ID 4

/* 0: the kernels in use have no number for it. */
static uint8_t
kernel_hash(enum hash hash)
{
	static const uint8_t numbers[HASH_COUNT] = {
		[HASH_SHA256] = 4,
		[HASH_SHA384] = 5,
		[HASH_SHA512] = 6,
	};

	return (unsigned)hash < HASH_COUNT ? numbers[hash] : 0;
}

static enum mech
ima_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	*ret_over = hash;
	if (kernel_hash(hash) == 0)
		return MECH_NONE;
	if (type == KEY_RSA)
		return MECH_RSA_PKCS1;
	return ecdsa_order_size(type) != 0 ? MECH_ECDSA : MECH_NONE;
}

/* As X.509's usual subject key identifier has it (RFC 5280, 4.2.1.2). */
static int
key_id(const struct format_key *key, uint8_t ret[KEY_ID])
{
	uint8_t hash[SHA_DIGEST_LENGTH];
	struct reader all, spki, bits;

	reader_init(&all, key->spki, key->spki_len);
	spki = der_get(&all, DER_SEQUENCE);
	der_get(&spki, DER_SEQUENCE);
	bits = der_get(&spki, DER_BIT_STRING);
	/* No bit of the last byte is unused. */
	if (get_u8(&bits) != 0 || bits.bad || !reader_done(&spki) ||
	    !reader_done(&all) ||
	    EVP_Q_digest(NULL, "SHA1", NULL, bits.at, bits.left, hash, NULL) !=
		1)
		return -1;
	memcpy(ret, hash + sizeof(hash) - KEY_ID, KEY_ID);
	return 0;
}

static int
ima_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	uint8_t head[HEAD] = { 3, 2, kernel_hash(m->lines->hash) };
	struct buf native;
	int rv = -1;

	buf_init(&native, SIGNATURE_MAX);
	if (native_finish(m, signature, len, &native) == 0 &&
	    key_id(m->key, head + 3) == 0) {
		head[7] = (uint8_t)(buf_len(&native) >> 8);
		head[8] = (uint8_t)buf_len(&native);
		buf_add(ret, head, sizeof(head));
		buf_add(ret, buf_at(&native), buf_len(&native));
		rv = ret->bad ? -1 : 0;
	}
	buf_release(&native);
	return rv;
}

static int
ima_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	uint8_t id[KEY_ID], head[3];
	struct reader r;
	uint32_t told;

	reader_init(&r, answer, len);
	for (size_t i = 0; i < sizeof(head); i++)
		head[i] = get_u8(&r);
	told = get_u32(&r);
	if (get_u16(&r) != r.left || r.bad || head[0] != 3 || head[1] != 2 ||
	    head[2] == 0 || head[2] != kernel_hash(m->lines->hash) ||
	    key_id(m->key, id) == -1)
		return -1;
	if (told !=
	    ((uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 |
		(uint32_t)id[2] << 8 | id[3]))
		return -1;
	if (native_signature(m, r.at, r.left, ret) == -1)
		return -1;
	return digest_input(m, &ret->input);
}

const struct format format_ima = {
	.name = "ima",
	.wrapped = false,
	.extension = "sig",
	.help = "security.ima, version 2 (evmctl ima_verify --sigfile)",
	.mech = ima_mech,
	.input = digest_input,
	.finish = ima_finish,
	.open = ima_open,
};

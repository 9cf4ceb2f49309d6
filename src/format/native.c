/* SPDX-License-Identifier: Apache-2.0 */
#include "format/native.h"

#include <string.h>

#include "format/digest.h"
#include "format/ecdsa.h"
#include "format/proof.h"
#include "format/scan.h"

#define SIGNATURE_MAX 2048 /* RSA of 16384 bits */
#define DER_MAX 160
#define ED25519_SIZE 64

static int
ecdsa_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	uint8_t der[DER_MAX];
	size_t der_len;

	if (ecdsa_der(
		m->key->type, signature, len, der, sizeof(der), &der_len) == -1)
		return -1;
	buf_add(ret, der, der_len);
	return ret->bad ? -1 : 0;
}

int
native_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	if (m->key->type == KEY_RSA)
		return rsa_finish(m, signature, len, ret);
	if (m->key->type != KEY_ED25519)
		return ecdsa_finish(m, signature, len, ret);
	if (len != ED25519_SIZE)
		return -1;
	buf_add(ret, signature, len);
	return ret->bad ? -1 : 0;
}

int
native_base64(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	struct buf native;
	int rv;

	buf_init(&native, SIGNATURE_MAX);
	rv = native_finish(m, signature, len, &native);
	if (rv == 0)
		buf_add_base64(ret, buf_at(&native), buf_len(&native));
	buf_release(&native);
	return ret->bad ? -1 : rv;
}

int
native_signature(const struct making *m, const uint8_t *native, size_t len,
    struct opened *ret)
{
	if (m->key->type == KEY_RSA)
		return opened_signature(ret, native, len);
	if (m->key->type != KEY_ED25519)
		return ecdsa_from_der(m->key->type, native, len, ret->signature,
		    sizeof(ret->signature), &ret->signature_len);
	return len == ED25519_SIZE ? opened_signature(ret, native, len) : -1;
}

void
scan_native(
    struct reader *r, char end, const struct making *m, struct opened *ret)
{
	uint8_t native[SIGNATURE_MAX];
	size_t len;

	scan_base64(r, end, native, sizeof(native), &len);
	if (r->bad || native_signature(m, native, len, ret) == -1)
		reader_fail(r);
}

enum mech
message_mech(enum key_type type, enum hash *ret_over)
{
	*ret_over = type == KEY_ED25519 ? HASH_NONE : HASH_SHA256;
	if (type == KEY_RSA)
		return MECH_RSA_PKCS1;
	if (type == KEY_ED25519)
		return MECH_EDDSA;
	return ecdsa_order_size(type) != 0 ? MECH_ECDSA : MECH_NONE;
}

int
message_input(
    const struct making *m, const void *message, size_t len, struct buf *ret)
{
	uint8_t digest[DIGEST_MAX];

	if (m->key->type == KEY_ED25519) {
		buf_add(ret, message, len);
	} else {
		if (proof_digest(HASH_SHA256, message, len, digest) == -1)
			return -1;
		buf_add(ret, digest, hash_size(HASH_SHA256));
	}
	return ret->bad ? -1 : 0;
}

void
buf_add_base64(struct buf *b, const void *data, size_t len)
{
	char *at = buf_reserve(b, BASE64_SIZE(len));

	if (at != NULL)
		buf_commit(b, base64_encode(data, len, true, at));
}

void
buf_add_base64url(struct buf *b, const void *data, size_t len)
{
	char *at = buf_reserve(b, BASE64_SIZE(len));
	size_t digits;

	if (at == NULL)
		return;
	digits = base64_encode(data, len, false, at);
	for (size_t i = 0; i < digits; i++) {
		if (at[i] == '+')
			at[i] = '-';
		else if (at[i] == '/')
			at[i] = '_';
	}
	buf_commit(b, digits);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p1363: ECDSA's r and s side by side, each as long as the order of the curve
 * (IEEE P1363; JWS's ES256 and sisters, RFC 7518, 3.4).
 */
#include "format/digest.h"
#include "format/ecdsa.h"
#include "format/rows.h"

static enum mech
p1363_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	*ret_over = hash;
	if (hash == HASH_BLAKE2B || ecdsa_order_size(type) == 0)
		return MECH_NONE;
	return MECH_ECDSA;
}

static int
p1363_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	if (ecdsa_check(m->key->type, signature, len) == -1)
		return -1;
	buf_add(ret, signature, len);
	return ret->bad ? -1 : 0;
}

const struct format format_p1363 = {
	.name = "p1363",
	.wrapped = false,
	.extension = "sig",
	.help = "ECDSA: r and s side by side (JWS, WebCrypto)",
	.mech = p1363_mech,
	.input = digest_input,
	.finish = p1363_finish,
	.open = plain_open,
};

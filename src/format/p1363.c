/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p1363: ECDSA's r and s side by side, each as long as the order of the curve
 * (IEEE P1363; JWS's ES256 and sisters, RFC 7518, 3.4).
 */
#include <string.h>

#include "format/digest.h"
#include "format/ecdsa.h"
#include "format/proof.h"
#include "format/rows.h"

static enum mech
p1363_mech(enum key_type type, enum hash hash)
{
	(void)hash;
	return ecdsa_order_size(type) != 0 ? MECH_ECDSA : MECH_NONE;
}

static int
p1363_finish(const struct format_key *key, const uint8_t *signature, size_t len,
    uint8_t *ret, size_t size, size_t *ret_len)
{
	if (len > size || ecdsa_check(key->type, signature, len) == -1)
		return -1;
	memcpy(ret, signature, len);
	*ret_len = len;
	return 0;
}

const struct format format_p1363 = {
	.name = "p1363",
	.wrapped = false,
	.extension = "sig",
	.help = "ECDSA: r and s side by side (JWS, WebCrypto)",
	.mech = p1363_mech,
	.input = digest_input,
	.finish = p1363_finish,
	.verify = ecdsa_raw_verify,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raw-pss: RSASSA-PSS (RFC 8017, 8.1) with MGF1 of the same hash and a salt as
 * long as the hash: openssl dgst -sigopt rsa_padding_mode:pss -verify.
 */
#include "format/digest.h"
#include "format/rows.h"

static enum mech
raw_pss_mech(enum key_type type, enum hash hash, enum hash *ret_over)
{
	*ret_over = hash;
	return type == KEY_RSA && hash != HASH_BLAKE2B ? MECH_RSA_PSS :
							 MECH_NONE;
}

const struct format format_raw_pss = {
	.name = "raw-pss",
	.wrapped = false,
	.extension = "sig",
	.help = "RSA: PSS, MGF1 of the same hash, salt as long as the hash",
	.mech = raw_pss_mech,
	.input = digest_input,
	.finish = rsa_finish,
	.open = plain_open,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ECDSA signatures in DER, as they are read back: exactly what libcrypto
 * reads, would write the same, and has numbers that a signature may have.
 */
#include <openssl/ecdsa.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "format/ecdsa.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool
is_der(enum key_type type, const uint8_t *der, size_t len, uint8_t *ret)
{
	int half = (int)ecdsa_order_size(type);
	const uint8_t *at = der;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
	uint8_t *back = NULL;
	bool is = sig != NULL && i2d_ECDSA_SIG(sig, &back) == (int)len &&
	    memcmp(der, back, len) == 0 &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), ret, half) > 0 &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), ret + half, half) > 0 &&
	    ecdsa_check(type, ret, 2 * (size_t)half) == 0;

	OPENSSL_free(back);
	ECDSA_SIG_free(sig);
	return is;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const enum key_type types[] = { KEY_P256, KEY_P384, KEY_P521 };
	uint8_t want[132], got[132];
	size_t got_len;
	enum key_type type;
	bool is;

	if (len == 0)
		return 0;
	type = types[data[0] % 3];
	data++;
	len--;
	is = is_der(type, data, len, want);
	if ((ecdsa_from_der(type, data, len, got, sizeof(got), &got_len) ==
		0) != is ||
	    (is && memcmp(got, want, got_len) != 0))
		abort();
	return 0;
}

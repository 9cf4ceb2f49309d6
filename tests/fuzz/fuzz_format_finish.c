/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token that lies: any bytes as its signature, for any key and format.  What
 * comes out as DER must be DER to libcrypto.
 */
#include <openssl/ecdsa.h>
#include <stdlib.h>
#include <string.h>

#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_der(const uint8_t *der, size_t len)
{
	const uint8_t *at = der;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
	uint8_t *back = NULL;

	if (sig == NULL || i2d_ECDSA_SIG(sig, &back) != (int)len ||
	    memcmp(der, back, len) != 0)
		abort();
	OPENSSL_free(back);
	ECDSA_SIG_free(sig);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint16_t bits[KEY_TYPE_COUNT] = { 0, 2048, 256, 384, 521,
		255 };
	const struct format *f;
	struct format_key key;
	uint8_t ret[300];
	size_t size, ret_len;

	if (len < 3 || (f = format_at(data[0] % 4)) == NULL)
		return 0;
	key.type = (enum key_type)(data[1] % KEY_TYPE_COUNT);
	key.bits = bits[key.type];
	key.mechs = UINT64_MAX;
	size = (size_t)data[2] + 45;
	data += 3;
	len -= 3;
	if (f->finish(&key, data, len, ret, size, &ret_len) == -1)
		return 0;
	if (ret_len == 0 || ret_len > size)
		abort();
	if (key.type != KEY_RSA && strcmp(f->name, "raw") == 0)
		check_der(ret, ret_len);
	return 0;
}

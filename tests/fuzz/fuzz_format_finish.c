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
	static const char *const names[] = { "raw", "raw-pss", "p1363" };
	static const uint16_t bits[KEY_TYPE_COUNT] = { 0, 2048, 256, 384, 521,
		255 };
	const struct format *f;
	struct format_key key = { .mechs = UINT64_MAX };
	struct making m = { .key = &key };
	struct buf ret;

	if (len < 2)
		return 0;
	f = format_by_name(names[data[0] % 3]);
	key.type = (enum key_type)(data[1] % KEY_TYPE_COUNT);
	key.bits = bits[key.type];
	data += 2;
	len -= 2;
	buf_init(&ret, 4096);
	if (f->finish(&m, data, len, &ret) == 0) {
		if (buf_len(&ret) == 0)
			abort();
		if (key.type != KEY_RSA && strcmp(f->name, "raw") == 0)
			check_der((const uint8_t *)buf_at(&ret), buf_len(&ret));
	}
	buf_release(&ret);
	return 0;
}

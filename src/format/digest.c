/* SPDX-License-Identifier: Apache-2.0 */
#include "format/digest.h"

#include <string.h>

static int
copy(
    const uint8_t *data, size_t len, uint8_t *ret, size_t size, size_t *ret_len)
{
	if (len > size)
		return -1;
	memcpy(ret, data, len);
	*ret_len = len;
	return 0;
}

int
digest_input(const struct format_key *key, enum hash hash,
    const uint8_t *digest, size_t len, uint8_t *ret, size_t size,
    size_t *ret_len)
{
	(void)key;
	if (len == 0 || len != hash_size(hash))
		return -1;
	return copy(digest, len, ret, size, ret_len);
}

int
rsa_finish(const struct format_key *key, const uint8_t *signature, size_t len,
    uint8_t *ret, size_t size, size_t *ret_len)
{
	uint8_t any = 0;

	if (key->type != KEY_RSA || len != ((size_t)key->bits + 7) / 8)
		return -1;
	for (size_t i = 0; i < len; i++)
		any |= signature[i];
	if (any == 0)
		return -1;
	return copy(signature, len, ret, size, ret_len);
}

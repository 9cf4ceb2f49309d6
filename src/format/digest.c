/* SPDX-License-Identifier: Apache-2.0 */
#include "format/digest.h"

#include <string.h>

#include "format/ecdsa.h"

int
digest_input(const struct making *m, struct buf *ret)
{
	const struct format_line *line = m->lines;

	if (line->len == 0 || line->len != hash_size(line->hash))
		return -1;
	buf_add(ret, line->digest, line->len);
	return ret->bad ? -1 : 0;
}

int
rsa_check(const struct format_key *k, const uint8_t *signature, size_t len)
{
	uint8_t any = 0;

	if (k->type != KEY_RSA || len != ((size_t)k->bits + 7) / 8)
		return -1;
	for (size_t i = 0; i < len; i++)
		any |= signature[i];
	return any != 0 ? 0 : -1;
}

int
rsa_finish(const struct making *m, const uint8_t *signature, size_t len,
    struct buf *ret)
{
	if (rsa_check(m->key, signature, len) == -1)
		return -1;
	buf_add(ret, signature, len);
	return ret->bad ? -1 : 0;
}

int
opened_signature(struct opened *ret, const uint8_t *signature, size_t len)
{
	if (len == 0 || len > sizeof(ret->signature))
		return -1;
	memcpy(ret->signature, signature, len);
	ret->signature_len = len;
	return 0;
}

int
plain_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	if (opened_signature(ret, answer, len) == -1)
		return -1;
	return digest_input(m, &ret->input);
}

int
ecdsa_der_open(const struct making *m, const uint8_t *answer, size_t len,
    struct opened *ret)
{
	if (ecdsa_from_der(m->key->type, answer, len, ret->signature,
		sizeof(ret->signature), &ret->signature_len) == -1)
		return -1;
	return digest_input(m, &ret->input);
}

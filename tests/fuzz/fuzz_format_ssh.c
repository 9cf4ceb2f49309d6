/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSH's form of signatures: a token's bytes that are written read back the
 * same, and bytes that are read are written the same.
 */
#include <stdlib.h>
#include <string.h>

#include "format/ssh.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
write_and_read(const struct format_key *k, const uint8_t *data, size_t len)
{
	uint8_t blob[4096], back[2048];
	struct writer w;
	size_t back_len;

	writer_init(&w, blob, sizeof(blob));
	if (ssh_put_signature(&w, k, data, len) == 0 &&
	    (ssh_get_signature(
		 k, blob, w.used, back, sizeof(back), &back_len) == -1 ||
		back_len != len || memcmp(back, data, len) != 0))
		abort();
}

static void
read_and_write(const struct format_key *k, const uint8_t *data, size_t len)
{
	uint8_t blob[4096], token[2048];
	struct writer w;
	size_t token_len;

	if (ssh_get_signature(k, data, len, token, sizeof(token), &token_len) ==
	    -1)
		return;
	writer_init(&w, blob, sizeof(blob));
	if (ssh_put_signature(&w, k, token, token_len) == -1 || w.used != len ||
	    memcmp(blob, data, len) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint16_t bits[KEY_TYPE_COUNT] = { 0, 2048, 256, 384, 521,
		255 };
	struct format_key key = { .mechs = UINT64_MAX };

	if (len < 1)
		return 0;
	key.type = (enum key_type)(data[0] % KEY_TYPE_COUNT);
	key.bits = bits[key.type];
	write_and_read(&key, data + 1, len - 1);
	read_and_write(&key, data + 1, len - 1);
	return 0;
}

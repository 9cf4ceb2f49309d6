/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything of OpenPGP that is read: files of keys (from an admin, or who
 * sent them to him), and our own answers.  The first byte chooses.
 */
#include <stdlib.h>
#include <string.h>

#include "format/format.h"
#include "format/openpgp_armor.h"
#include "format/openpgp_clear.h"
#include "format/openpgp_packet.h"
#include "format/openpgp_signature.h"
#include "format/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* P-256; its numbers are no secret's. */
static const uint8_t spki[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86,
	0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
	0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1,
	0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77,
	0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8,
	0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e,
	0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b,
	0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5 };

static void
own_key(struct openpgp_key *ret)
{
	struct buf body;

	buf_init(&body, 4096);
	if (openpgp_key_make(spki, sizeof(spki), 1767225600, &body, ret) == -1)
		abort();
	buf_release(&body);
}

static void
read_key(const char *armored)
{
	struct openpgp_key key;
	char text[MESSAGE_SIZE];

	openpgp_key_peek(armored, &key, text);
	openpgp_key_read(armored, spki, sizeof(spki), &key, text);
}

/* Packets without the armor, which would stop most of them. */
static void
read_packets(const uint8_t *data, size_t len)
{
	struct buf armored, back;

	buf_init(&armored, 1 << 20);
	buf_init(&back, 1 << 20);
	armor_add(&armored, ARMOR_KEY, data, len);
	if (armor_read(buf_at(&armored), buf_len(&armored), ARMOR_KEY, &back) ==
		-1 ||
	    buf_len(&back) != len || memcmp(buf_at(&back), data, len) != 0)
		abort();
	buf_add(&armored, "", 1);
	read_key(buf_at(&armored));
	buf_release(&armored);
	buf_release(&back);
}

static void
read_signature(const uint8_t *data, size_t len)
{
	struct openpgp_signature s;
	struct openpgp_key key;
	struct reader body;

	own_key(&key);
	reader_init(&body, data, len);
	if (openpgp_signature_get(body, &key, &s) == 0 &&
	    (s.signature_len != 64 || s.hashed_len > len))
		abort();
}

static void
open_answer(const char *name, const uint8_t *data, size_t len)
{
	static const uint8_t state[40] = { 1, 2, 3 }, digest[32] = { 4 };
	static const struct format_settings set = { .trailer = "00" };
	const struct format *f = format_by_name(name);
	struct openpgp_key pgp;
	const struct format_key key = { .type = KEY_P256,
		.bits = 256,
		.name = "k",
		.spki = spki,
		.spki_len = sizeof(spki),
		.openpgp = &pgp };
	const struct format_line line = { .hash = HASH_SHA256,
		.digest = digest,
		.len = 32,
		.name = "a",
		.extra = state,
		.extra_len = sizeof(state) };
	const struct making m = { .key = &key,
		.set = &set,
		.lines = &line,
		.count = 1,
		.now = 1767225700 };
	struct opened opened;

	own_key(&pgp);
	opened_init(&opened);
	f->open(&m, data, len, &opened);
	opened_release(&opened);
}

static void
read_clear(const char *text, size_t len)
{
	struct buf plain, again;
	size_t at;

	buf_init(&plain, 1 << 20);
	buf_init(&again, 1 << 20);
	if (clear_read(text, len, HASH_SHA256, &plain, &at) == 0) {
		clear_add(&again, HASH_SHA256, buf_at(&plain), buf_len(&plain));
		if (buf_len(&again) != at ||
		    memcmp(buf_at(&again), text, at) != 0)
			abort();
	}
	buf_release(&plain);
	buf_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text;

	if (len < 1 || len > 65536)
		return 0;
	text = malloc(len);
	if (text == NULL)
		return 0;
	memcpy(text, data + 1, len - 1);
	text[len - 1] = '\0';
	switch (data[0] % 6) {
	case 0:
		read_key(text);
		break;
	case 1:
		read_packets(data + 1, len - 1);
		break;
	case 2:
		read_signature(data + 1, len - 1);
		break;
	case 3:
		open_answer("openpgp", data + 1, len - 1);
		break;
	case 4:
		open_answer("sums-openpgp", data + 1, len - 1);
		break;
	default:
		read_clear(text, len - 1);
	}
	free(text);
	return 0;
}

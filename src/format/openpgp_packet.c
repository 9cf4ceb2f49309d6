/* SPDX-License-Identifier: Apache-2.0 */
#include "format/openpgp_packet.h"

#include <string.h>

static void
add_number(struct buf *to, uint64_t number, size_t bytes)
{
	while (bytes-- > 0) {
		uint8_t byte = (uint8_t)(number >> 8 * bytes);

		buf_add(to, &byte, 1);
	}
}

void
packet_add(struct buf *to, enum packet_tag tag, const void *body, size_t len)
{
	add_number(to, 0xc0u | (unsigned)tag, 1);
	if (len < 192) {
		add_number(to, len, 1);
	} else if (len < 8384) {
		add_number(to, len - 192 + (192u << 8), 2);
	} else {
		add_number(to, 0xff, 1);
		add_number(to, len, 4);
	}
	buf_add(to, body, len);
}

static size_t
new_length(struct reader *r)
{
	uint8_t first = get_u8(r);

	if (first < 192)
		return first;
	if (first < 224)
		return (((size_t)first - 192) << 8) + get_u8(r) + 192;
	if (first < 255)
		reader_fail(r);
	return get_u32(r);
}

static size_t
old_length(struct reader *r, unsigned type)
{
	if (type == 0)
		return get_u8(r);
	if (type == 1)
		return get_u16(r);
	if (type == 3)
		reader_fail(r);
	return get_u32(r);
}

unsigned
packet_get(struct reader *r, struct reader *ret_body)
{
	uint8_t head;
	unsigned tag;
	size_t len;

	reader_init(ret_body, "", 0);
	if (r->bad || r->left == 0)
		return 0;
	head = get_u8(r);
	if ((head & 0x80) == 0)
		reader_fail(r);
	tag = (head & 0x40) != 0 ? head & 0x3fu : head >> 2 & 0x0fu;
	len = (head & 0x40) != 0 ? new_length(r) : old_length(r, head & 3u);
	if (tag == 0)
		reader_fail(r);
	reader_init(ret_body, get_raw(r, len), len);
	if (r->bad) {
		reader_init(ret_body, "", 0);
		return 0;
	}
	return tag;
}

static unsigned
bits_of(uint8_t byte)
{
	unsigned bits = 0;

	for (; byte != 0; byte >>= 1)
		bits++;
	return bits;
}

void
mpi_add(struct buf *to, const uint8_t *number, size_t len)
{
	while (len > 0 && number[0] == 0) {
		number++;
		len--;
	}
	add_number(to, len == 0 ? 0 : 8 * (len - 1) + bits_of(number[0]), 2);
	buf_add(to, number, len);
}

void
mpi_get(struct reader *r, uint8_t *ret, size_t len)
{
	size_t bits = get_u16(r), bytes = (bits + 7) / 8;
	const uint8_t *at = get_raw(r, bytes);

	memset(ret, 0, len);
	if (at == NULL || bytes > len ||
	    (bytes > 0 && bits_of(at[0]) != bits - 8 * (bytes - 1)))
		reader_fail(r);
	else if (bytes > 0)
		memcpy(ret + len - bytes, at, bytes);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/der.h"

#define TAG_NUMBER 0x1f
#define LONG_FORM 0x80
/* Nothing that we read has more than 16 MiB. */
#define LENGTH_BYTES 3

static size_t
get_length(struct reader *r)
{
	size_t len = get_u8(r), bytes = len & ~(size_t)LONG_FORM;

	if (len < LONG_FORM)
		return len;
	/* No bytes is the indefinite form. */
	if (bytes == 0 || bytes > LENGTH_BYTES) {
		reader_fail(r);
		return 0;
	}
	for (len = 0; bytes > 0; bytes--) {
		size_t byte = get_u8(r);

		if (len == 0 && byte == 0)
			reader_fail(r);
		len = len << 8 | byte;
	}
	if (len < LONG_FORM)
		reader_fail(r);
	return len;
}

/* The tag, and the content in *ret; 0 and nothing when the reader is bad. */
static unsigned
get_value(struct reader *r, struct reader *ret)
{
	unsigned tag = get_u8(r);
	size_t len = get_length(r);

	if ((tag & TAG_NUMBER) == TAG_NUMBER || len > r->left)
		reader_fail(r);
	if (r->bad) {
		reader_init(ret, "", 0);
		reader_fail(ret);
		return 0;
	}
	reader_init(ret, get_raw(r, len), len);
	return tag;
}

struct reader
der_get(struct reader *r, unsigned tag)
{
	struct reader content;

	if (get_value(r, &content) != tag) {
		reader_fail(r);
		reader_init(&content, "", 0);
		reader_fail(&content);
	}
	return content;
}

unsigned
der_peek(const struct reader *r)
{
	return r->bad || r->left == 0 ? 0 : *r->at;
}

const uint8_t *
der_get_whole(struct reader *r, size_t *ret_len)
{
	const uint8_t *at = r->at;
	struct reader content;

	get_value(r, &content);
	*ret_len = r->bad ? 0 : (size_t)(r->at - at);
	return at;
}

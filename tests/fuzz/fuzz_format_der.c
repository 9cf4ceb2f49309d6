/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What der_get takes, libcrypto takes for the same, and der_put writes again
 * as it was.
 */
#include <openssl/asn1.h>
#include <stdlib.h>
#include <string.h>

#include "format/der.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
compare(const uint8_t *whole, size_t len, unsigned tag, struct reader content)
{
	const uint8_t *at = whole;
	struct buf again;
	long inside;
	int number, class;

	if ((ASN1_get_object(&at, &inside, &number, &class, (long)len) &
		0x80) != 0 ||
	    at != content.at || (size_t)inside != content.left)
		abort();
	buf_init(&again, len);
	der_put(&again, tag, content.at, content.left);
	if (again.bad || buf_len(&again) != len ||
	    memcmp(buf_at(&again), whole, len) != 0)
		abort();
	buf_release(&again);
}

static void
walk(struct reader r, int depth)
{
	struct buf set;
	size_t begun;

	buf_init(&set, r.left + 8);
	begun = der_begin(&set, DER_SET);
	buf_add(&set, r.at, r.left);
	der_end_set_of(&set, begun);
	if (!set.bad && buf_len(&set) < r.left + 2)
		abort();
	buf_release(&set);
	while (r.left > 0) {
		struct reader before = r, content;
		unsigned tag = der_peek(&r);
		size_t len;
		const uint8_t *whole = der_get_whole(&r, &len);

		if (r.bad)
			return;
		content = der_get(&before, tag);
		compare(whole, len, tag, content);
		if ((tag & 0x20) != 0 && depth < 8)
			walk(content, depth + 1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r;

	reader_init(&r, data, len);
	walk(r, 0);
	return 0;
}

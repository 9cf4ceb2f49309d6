/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DER (X.690), read strictly from a bounded reader.
 */
#ifndef CS_BASE_DER_H
#define CS_BASE_DER_H

#include "base/cursor.h"

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_UTF8_STRING = 0x0c,
	DER_PRINTABLE_STRING = 0x13,
	DER_IA5_STRING = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_BMP_STRING = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT = 0x80, /* + number: [number] IMPLICIT of a primitive, */
	DER_CONSTRUCTED = 0xa0, /* + number: EXPLICIT, or IMPLICIT of others */
};

/*
 * The next value must have this tag; its content, without a copy.  Lengths
 * are definite and as short as they can be, or the reader goes bad, and the
 * content is empty.
 */
struct reader der_get(struct reader *, unsigned tag);
/* The next value's tag, 0 at the end. */
unsigned der_peek(const struct reader *);
/* The whole next value, head and all. */
const uint8_t *der_get_whole(struct reader *, size_t *ret_len);

#endif

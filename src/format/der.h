/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DER (X.690), written at the end of a bounded buf, and read strictly.
 *
 * Writing is as sticky as the buf: what does not fit, or is no DER, marks it
 * bad, and callers look once, at the end.  What is between der_begin and
 * der_end becomes the content of one value; lengths are filled in by der_end.
 * Nothing may be consumed from the buf in between.
 */
#ifndef CS_FORMAT_DER_H
#define CS_FORMAT_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
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

/* Numbers up to 30 only: one byte of tag. */
size_t der_begin(struct buf *, unsigned tag);
void der_end(struct buf *, size_t begun);
/* der_end for SET OF: sorts the values in it, 16 at most (X.690, 11.6). */
void der_end_set_of(struct buf *, size_t begun);

/* A whole value.  Values that are DER already go in by buf_add. */
void der_put(struct buf *, unsigned tag, const void *content, size_t len);
void der_null(struct buf *);
void der_true(struct buf *); /* FALSE is mostly a DEFAULT, and not written */
void der_integer(struct buf *, uint64_t);
/* A number that is not negative, big-endian, from any number of bytes. */
void der_unsigned(struct buf *, const uint8_t *number, size_t len);
/* In dots: "1.2.840.113549.1.7.2". */
void der_oid(struct buf *, const char *dots);
/* Seconds since 1970, from year 0 to 9999. */
void der_generalized_time(struct buf *, int64_t seconds);
/* UTCTime from 1950 to 2049, GeneralizedTime otherwise (RFC 5652, 11.3). */
void der_time(struct buf *, int64_t seconds);

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

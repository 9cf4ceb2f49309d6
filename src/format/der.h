/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DER (X.690), written at the end of a bounded buf; base/der.h reads it.
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
#include "base/der.h"

/* Numbers up to 30 only: one byte of tag. */
size_t der_begin(struct buf *, unsigned tag);
void der_end(struct buf *, size_t begun);
/* der_end for SET OF: sorts the values in it, 16 at most (X.690, 11.6). */
void der_end_set_of(struct buf *, size_t begun);

/* A whole value.  Values that are DER already go in by buf_add. */
void der_put(struct buf *, unsigned tag, const void *content, size_t len);
void der_null(struct buf *);
void der_integer(struct buf *, uint64_t);
/* A number that is not negative, big-endian, from any number of bytes. */
void der_unsigned(struct buf *, const uint8_t *number, size_t len);
/* In dots: "1.2.840.113549.1.7.2". */
void der_oid(struct buf *, const char *dots);
/* Seconds since 1970, from year 0 to 9999. */
void der_generalized_time(struct buf *, int64_t seconds);
/* UTCTime from 1950 to 2049, GeneralizedTime otherwise (RFC 5652, 11.3). */
void der_time(struct buf *, int64_t seconds);

#endif

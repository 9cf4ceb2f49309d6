/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text answers, read back piece by piece from a bounded reader.
 *
 * Sticky like the cursors: what is not there marks the reader bad, and then
 * everything that follows is empty.
 */
#ifndef CS_FORMAT_SCAN_H
#define CS_FORMAT_SCAN_H

#include "base/cursor.h"

/* Exactly this comes next. */
void scan_text(struct reader *, const char *text);
/*
 * What stands before the next `end', which is taken as well: at most max
 * bytes, a view into the answer.  "" where it is not there.
 */
const char *scan_to(struct reader *, char end, size_t max, size_t *ret_len);
/* The rest, at most max bytes. */
const char *scan_rest(struct reader *, size_t max, size_t *ret_len);
/* Digits as a number is written: no sign, no zero in front. */
uint64_t scan_number(struct reader *, char end, uint64_t max);
/* Exactly 2 * len digits in lower case. */
void scan_hex(struct reader *, char end, uint8_t *ret, size_t len);
/* Canonical base64. */
void scan_base64(
    struct reader *, char end, uint8_t *ret, size_t size, size_t *ret_len);
/* That of RFC 7515: other digits, no '='.  end NUL: the rest of the answer. */
void scan_base64url(
    struct reader *, char end, uint8_t *ret, size_t size, size_t *ret_len);

#endif

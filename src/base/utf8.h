/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One character of UTF-8 at a time (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF).
 */
#ifndef CS_BASE_UTF8_H
#define CS_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the first character, 0 when it is not UTF-8; ret may be NULL. */
size_t utf8_unit(const void *, size_t len, uint32_t *ret);
/* May it stand in a log?  No control, line or direction character. */
bool utf8_is_printable(uint32_t);
/* The first of a text that may not, tabs aside; 0: none.  It must be UTF-8. */
uint32_t utf8_hidden(const char *text, size_t len);

#endif

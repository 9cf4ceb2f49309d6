/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenPGP's armor (RFC 4880, 6.2): base64 between a first and a last line.
 */
#ifndef CS_FORMAT_OPENPGP_ARMOR_H
#define CS_FORMAT_OPENPGP_ARMOR_H

#include "base/buf.h"

struct text_line {
	const char *text;
	size_t len; /* without its LF */
};

/* The next line of a text that goes to end; false: there is none. */
bool text_line_next(const char **at, const char *end, struct text_line *ret);

#define ARMOR_KEY "PUBLIC KEY BLOCK"
#define ARMOR_SIGNATURE "SIGNATURE"

/* With a checksum: old verifiers want one, and new ones pass it over. */
void armor_add(struct buf *, const char *kind, const void *bytes, size_t len);

/*
 * The first block of that kind in a text, whatever stands around it; header
 * lines in it are passed over, and the checksum may be missing.  Adds its
 * bytes: 0, or -1: there is none, or it is broken.
 */
int armor_read(const char *text, size_t len, const char *kind, struct buf *ret);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of a list of digests, as sha256sum(1) and its kin write them:
 *
 *	HEX			\HEX  escaped name
 *	HEX  name		SHA256 (name) = HEX	(a leading \ escapes)
 *	HEX *name
 *
 * Blank lines and lines that begin with # pass.  A line is taken whole or not
 * at all; names are passed over, because only the digest counts.
 */
#ifndef CS_LISTS_PARSE_H
#define CS_LISTS_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include "base/words.h"

enum list_line {
	LIST_LINE_PASS, /* blank, or a comment */
	LIST_LINE_DIGEST,
	LIST_LINE_BAD,
};

/*
 * A line without its LF (a CR at its end is dropped); any bytes.  For a bad
 * one ret_what says, as a constant text, what is wrong.
 */
enum list_line list_line_parse(const char *text, size_t len,
    uint8_t ret[DIGEST_MAX], size_t *ret_len, const char **ret_what);

#endif

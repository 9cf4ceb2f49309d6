/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of standard input as a digest with its name.
 *
 *	HEX			\HEX  escaped name
 *	HEX  name		SHA256 (name) = HEX	(a leading \ escapes)
 *	HEX *name		SHA2-256(name)= HEX
 *	sha256:HEX name		(fsverity digest)
 *	sha256-state:HEX  name	a hash that is not finished: no digest, but
 *				extra (format/midstate.h)
 *
 * Blank lines and lines that begin with # pass.
 */
#ifndef CS_SESSION_DIGESTS_H
#define CS_SESSION_DIGESTS_H

#include <stddef.h>

#include "wire/request.h"

enum digest_kind {
	DIGEST_PASS, /* blank, or a comment */
	DIGEST_LINE,
	DIGEST_BAD,
};

/*
 * Reads a line without its LF (a CR at its end is dropped).  given is --hash,
 * or HASH_NONE.  For a bad line ret holds what could be read of it (lengths
 * are 0 for what could not) and what says what is wrong.
 */
enum digest_kind digest_parse(const char *text, size_t len, enum hash given,
    struct line *ret, char what[static MESSAGE_SIZE]);

/* Binary input: exactly one digest.  0, or -1 with what. */
int digest_raw(const void *bytes, size_t len, enum hash given, struct line *ret,
    char what[static MESSAGE_SIZE]);

#endif

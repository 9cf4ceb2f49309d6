/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a checksum list, as coreutils writes it: what formats over a
 * whole list sign, and what `sha256sum -c' reads.
 *
 * A name with a backslash, LF or CR in it has them escaped, and a backslash in
 * front of its line.
 */
#ifndef CS_FORMAT_SUMS_H
#define CS_FORMAT_SUMS_H

#include "format/format.h"

enum sums_form {
	SUMS_GNU, /* HEX  name */
	SUMS_BSD, /* SHA256 (name) = HEX */
};

/* The hashes that have a checksum program: SHA-2. */
bool sums_hash(enum hash);

/* A format's fit: the line has a name, and such a hash. */
enum reason sums_fit(const struct making *, char text[MESSAGE_SIZE]);

/*
 * Adds the text of all lines of a making, each with its LF.  0, or -1: a line
 * is none that fits, or there is none.
 */
int sums_text(const struct making *, enum sums_form, struct buf *ret);

#endif

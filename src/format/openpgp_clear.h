/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenPGP's clear-signed texts (RFC 4880, 7).
 */
#ifndef CS_FORMAT_OPENPGP_CLEAR_H
#define CS_FORMAT_OPENPGP_CLEAR_H

#include "base/buf.h"
#include "base/words.h"

/*
 * Adds what is hashed of a text: its lines without blanks at their ends, CR LF
 * between them, and none after the last.
 */
void clear_canonical(struct buf *, const char *text, size_t len);

/*
 * Adds all of the document but the signature.  The text ends in LF.
 */
void clear_add(struct buf *, enum hash, const char *text, size_t len);

/*
 * Reads what clear_add wrote with the hash: adds the text, and says where the
 * signature begins.  0, or -1: clear_add does not write such a document.
 */
int clear_read(const char *document, size_t len, enum hash, struct buf *ret,
    size_t *ret_signature);

#endif

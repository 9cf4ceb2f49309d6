/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An in-toto Statement (v1) about one line, in a DSSE envelope: what dsse and
 * sigstore-dsse have in common.
 *
 *	subject		the line's name and digest
 *	predicate	the signer's facts: which key, when
 *
 * Signed is the DSSE pre-authentication encoding, which begins "DSSEv1 ".
 */
#ifndef CS_FORMAT_STATEMENT_H
#define CS_FORMAT_STATEMENT_H

#include "base/cursor.h"
#include "format/format.h"

/* A row's mech and fit, and its input. */
enum mech statement_mech(enum key_type, enum hash, enum hash *ret_over);
enum reason statement_fit(const struct making *, char text[MESSAGE_SIZE]);
int statement_input(const struct making *, struct buf *ret);

/* The envelope as JSON, without an LF: 0, or -1. */
int envelope_add(const struct making *, const uint8_t *signature, size_t len,
    struct buf *ret);
/* And read back: what its payload makes the input, and the signature. */
void scan_envelope(struct reader *, const struct making *, struct opened *ret);

#endif

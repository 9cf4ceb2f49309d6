/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signed checkpoint in a CHECKPOINT record:
 *
 *	origin, size, root	the note's three lines
 *	signature		as in the note's line: key id and signature
 *	auditkey		who signed, as a vkey named as the origin
 *	nodes			the compact tree of that size, largest subtree
 *				first; may be missing
 */
#ifndef CS_AUDIT_SEAL_H
#define CS_AUDIT_SEAL_H

#include <stdbool.h>

#include "audit/note.h"
#include "audit/scan.h"

#define SEAL_EVENT "CHECKPOINT"

struct seal {
	struct checkpoint checkpoint;
	struct note_key key; /* that it names */
	uint8_t signature[NOTE_SIGNATURE];
	bool has_nodes;
	struct merkle nodes;
};

/*
 * Reads it, and checks that the nodes give the root: 0, or -1 with reterr.
 * Whose key that is, and what it signed, is not looked at.
 */
int seal_read(
    const struct record_slices *, struct seal *ret, struct text_error *reterr);
/* Did the key that it names sign it? */
bool seal_is_signed(const struct seal *);

#endif

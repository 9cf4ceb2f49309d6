/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A receipt: c2sp.org/tlog-proof, one text that shows offline that a record
 * is in the log.  Its `extra' line carries the record itself (the line
 * without its LF, base64), which is the leaf.
 */
#ifndef CS_AUDIT_PROOF_H
#define CS_AUDIT_PROOF_H

#include "audit/merkle.h"
#include "audit/note.h"
#include "audit/record.h"
#include "base/buf.h"

#define PROOF_TEXT_MAX 16384

struct tlog_proof {
	uint64_t index; /* of the leaf: seq - 1 */
	struct merkle_proof path;
	const char *record; /* without its LF */
	size_t record_len;
	const char *note; /* the checkpoint, whole */
	size_t note_len;
};

void proof_write(const struct tlog_proof *, struct buf *out);

/*
 * Reads one; record and note point into space.  0, or -1 with reterr (and a
 * line).  Nothing is verified.
 */
struct proof_space {
	char record[RECORD_MAX];
	char note[NOTE_MAX];
};
int proof_parse(const char *text, size_t len, struct tlog_proof *ret,
    struct proof_space *space, struct text_error *reterr);

/*
 * Checks signature, path and that the record is the one of that index: 0, or
 * -1 with reterr.
 */
int proof_check(const struct tlog_proof *, const struct note_key *keys,
    size_t count, struct text_error *reterr);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an auditor was told before it reads records: keys that may sign, and
 * checkpoints that somebody kept.
 */
#ifndef CS_AUDIT_CLAIM_H
#define CS_AUDIT_CLAIM_H

#include <stdbool.h>

#include "audit/fault.h"
#include "audit/note.h"

#define CLAIM_KEYS 16
#define CLAIMS_MAX 64

struct claim {
	const char *file; /* the caller's */
	char note[NOTE_MAX];
	struct signed_checkpoint parsed;
};

struct claims {
	struct note_key key[CLAIM_KEYS]; /* without a name: of any origin */
	size_t keys;
	bool keys_given; /* not taken from the records */
	char origin[NOTE_NAME]; /* where no key's name says it; "": none yet */
	struct claim *list[CLAIMS_MAX]; /* by size, once they are checked */
	size_t count;
	bool checked; /* their signatures, and each against the others */
};

void claims_release(struct claims *);
int claims_add_key(
    struct claims *, const struct note_key *, struct text_error *reterr);
/* A key that a PEM file holds has no name; it may sign for any origin. */
int claims_add_pubkey(struct claims *, const uint8_t pubkey[NOTE_PUBKEY],
    struct text_error *reterr);
/* A note, or a .tlog-proof, whose note is taken: 0, or -1 with reterr. */
int claims_add(struct claims *, const char *file, const char *text, size_t len,
    struct text_error *reterr);

/*
 * May this key sign checkpoints of this log?  The first one that asks may,
 * where none was given.  0, or -1 with a fault whose place is `place'.
 */
int claims_admit(struct claims *, const struct note_key *, struct record_place,
    uint64_t seq, struct fault *ret);

/*
 * Once keys are known: every claim is signed by one of them, and no two
 * contradict each other by themselves.  0, or -1 with a fault.
 */
int claims_check(struct claims *, struct fault *ret);

#endif

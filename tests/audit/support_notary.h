/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An audit key, the same in every run, and what it signs.
 */
#ifndef TESTS_SUPPORT_NOTARY_H
#define TESTS_SUPPORT_NOTARY_H

#include "audit/note.h"

#define NOTARY "signer1.example.org/countersign"

/* Keys of different numbers are different. */
void notary_key(unsigned number, const char *name, struct note_key *ret);
void notary_sign(
    unsigned number, const void *text, size_t len, uint8_t ret[NOTE_SIGNATURE]);
/* The note, signed by key 0 named as the origin; returns its length. */
size_t notary_note(const struct checkpoint *, char ret[static CHECKPOINT_NOTE]);

#endif

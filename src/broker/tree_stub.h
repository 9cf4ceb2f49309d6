/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the journal is to give; goes when it does.
 */
#ifndef CS_BROKER_TREE_STUB_H
#define CS_BROKER_TREE_STUB_H

#include "audit/merkle.h"
#include "broker/journal.h"

/* The tree of the records that are on disk. */
void journal_tree(const struct journal *, struct merkle *ret);
int journal_inclusion(struct journal *, uint64_t index, uint64_t leaves,
    struct merkle_proof *ret);
bool journal_wants_rotation(const struct journal *);
void journal_rotate(struct journal *);

#endif

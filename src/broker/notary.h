/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making one checkpoint: the audit key signs the tree of the records that are
 * on disk, the signature becomes a CHECKPOINT record, and when that is on
 * disk, too, there is a note to show.
 */
#ifndef CS_BROKER_NOTARY_H
#define CS_BROKER_NOTARY_H

#include "audit/note.h"
#include "base/reason.h"
#include "broker/chore.h"
#include "broker/journal.h"

struct service;

struct notary {
	/* Valid from its end until the next begins. */
	struct checkpoint what;
	struct note_key key;
	uint8_t signature[NOTE_SIGNATURE];
	const char *why;

	/* Its own. */
	bool busy;
	struct service *service;
	void (*ended)(void *arg, enum reason, const char *text);
	void *arg;
	struct merkle tree;
	char text[CHECKPOINT_TEXT];
	size_t text_len;
	struct chore chore;
	struct waiter waiter;
};

/* Who hears of each end; never from within notary_begin. */
void notary_init(struct notary *, struct service *,
    void (*ended)(void *arg, enum reason, const char *text), void *arg);
/*
 * Over what is on disk now, with the audit key, under that name.  0, or -1:
 * the key is not known, or there is nothing on disk.
 */
int notary_begin(struct notary *, const char *origin, const char *why);

#endif

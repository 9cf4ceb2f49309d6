/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the log is signed: after so many records or so much time, at the start,
 * at the stop, when a piece of it is closed, and as soon as somebody waits for
 * a receipt.  One checkpoint serves all who wait.
 */
#ifndef CS_BROKER_CHECKPOINT_H
#define CS_BROKER_CHECKPOINT_H

#include "audit/note.h"
#include "base/reason.h"
#include "broker/journal.h"

struct checkpoints;
struct service;

/*
 * Someone who waits until the record of this seq, which is on disk, is covered
 * by a checkpoint that is on disk.  Embedded by its owner; it must stay until
 * fn was called, once.
 */
struct cover {
	struct cover *next;
	uint64_t seq;
	void (*fn)(struct cover *, enum reason, const char *text);
};

/* NULL: no memory. */
struct checkpoints *checkpoints_new(struct service *);
/*
 * Reads what was left behind, and starts the thread that writes the newest;
 * gate as in journal_start.  0, or -1 with errno.
 */
int checkpoints_start(struct checkpoints *, void (*gate)(void *), void *arg);
/* Accepts NULL. */
void checkpoints_free(struct checkpoints *);

/* In each round: is one due? */
void checkpoints_tend(struct checkpoints *);
/* May call fn at once. */
void checkpoints_cover(struct checkpoints *, struct cover *);
/*
 * A last one that covers what is on disk by now, if that can be had in a few
 * seconds; fn is called once, maybe at once.
 */
void checkpoints_stop(struct checkpoints *, loop_timer_fn *fn, void *arg);

/* The newest; the texts live until the next is made. */
struct checkpoint_state {
	const char *note; /* NULL: there is none */
	size_t note_len;
	uint64_t size; /* records that it covers; 0: none */
	uint64_t wall_us; /* when it was made; 0: before the start */
	const char *why; /* "": before the start */
	uint64_t since; /* records since, its own not counted */
};
void checkpoints_state(
    const struct checkpoints *, struct checkpoint_state *ret);

/*
 * Can the log be signed?  OK, or why not (yet), or why the last attempt
 * failed.  ret_key is empty when the key is not known.
 */
enum reason checkpoints_key(const struct checkpoints *,
    char ret_key[static NOTE_VKEY], const char **ret_text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread that reads configuration trees and frees old ones, so that neither
 * holds up a signature.
 */
#ifndef CS_BROKER_LOADER_H
#define CS_BROKER_LOADER_H

#include "audit/fingerprint.h"
#include "base/buf.h"
#include "base/loop.h"
#include "broker/prints.h"
#include "conf/snapshot.h"
#include "policy/compare.h"

/* What came of reading a tree. */
struct loaded {
	struct tree *tree; /* NULL: it has errors */
	char fingerprint[TREE_FINGERPRINT_SIZE];
	unsigned errors; /* with a tree, those of tenants that are bad */
	struct buf text; /* the errors, a line each, as far as they fit */
	char first[560];
	char tenant[NAME_SIZE]; /* whose errors come, and how many so far */
	unsigned told;
	struct changes changes; /* from the running tree, when there is one */
	struct spool spool; /* its files' texts */
	struct prints *prints; /* of its client keys; NULL without a tree */
};

/*
 * Reads a tree at once, in the caller's thread.  The caller releases it.
 * Texts are spooled in the running tree's state-dir, or in its own at a start
 * (running is NULL).
 */
void loaded_read(struct loaded *, const char *dir, const struct tree *running);
/* Does not free the tree, nor what was taken out of changes. */
void loaded_release(struct loaded *);

struct loader;
/* The tree, when there is one, is the callee's. */
typedef void loader_fn(void *arg, struct loaded *);

/* gate as in journal_start.  NULL with errno. */
struct loader *loader_new(struct loop *, const char *dir, void (*gate)(void *),
    void *gate_arg, loader_fn *, void *arg);
/* Waits for the thread.  Accepts NULL. */
void loader_free(struct loader *);

/*
 * Reads the tree, compares it with the running one (which must stay until
 * then), and calls back; not while it does so already.
 */
void loader_load(struct loader *, const struct tree *running);
/* Frees a tree in the thread; one before the next loader_load's callback. */
void loader_discard(struct loader *, struct tree *);
/*
 * Writes what a tree has to its state-dir, in the thread: the tree must stay
 * until it is discarded, or until the loader is freed, which waits for it.
 */
void loader_keep(struct loader *, const struct tree *);
/*
 * Puts the texts of a tree that was taken in place, in the thread, and
 * releases them; takes the spool out of loaded.
 */
void loader_publish(struct loader *, struct loaded *);

#endif

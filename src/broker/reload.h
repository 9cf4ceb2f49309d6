/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking in a changed tree, whole or not at all, without holding anything up:
 * the reading is the loader's, only what is open is looked at again here.
 */
#ifndef CS_BROKER_RELOAD_H
#define CS_BROKER_RELOAD_H

#include "base/text.h"
#include "policy/tree.h"

struct admin_peer;
struct differences;
struct loaded;
struct reload;
struct service;

/* NULL with errno; gate as in journal_start. */
struct reload *reload_new(
    struct service *, void (*gate)(void *), void *gate_arg);
void reload_free(struct reload *);

/*
 * After START: what was found to have changed since the last stop goes on
 * record, and the texts of what was loaded are put in place.  Takes over the
 * differences, which are left empty, and the spool.
 */
void reload_start(struct reload *, struct loaded *, struct differences *);

/* who (may be NULL) is told what came of it. */
void reload_ask(struct reload *, struct admin_peer *who);
/* The same without taking anything: who hears what a reload would do. */
void reload_try(struct reload *, struct admin_peer *who);
/* It is gone. */
void reload_forget(struct reload *, const struct admin_peer *);

/* Swaps the trees and looks at everything open again: 0, or -1 (no memory). */
int reload_apply(struct service *, struct tree *, const char *fingerprint);

#endif

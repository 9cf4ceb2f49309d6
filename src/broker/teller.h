/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts what a reload or a restart changed on record, a few changes a round: a
 * hundred thousand of them do not hold up a signature.
 */
#ifndef CS_BROKER_TELLER_H
#define CS_BROKER_TELLER_H

#include "broker/differences.h"

struct service;
struct teller;

/*
 * Hands the old tree back when all is told, or (all false) when the journal
 * takes no more.
 */
typedef void teller_fn(void *arg, struct tree *before, bool all);

/* NULL: no memory. */
struct teller *teller_new(struct service *, teller_fn *, void *arg);
/* Frees what it has.  Accepts NULL. */
void teller_free(struct teller *);

/*
 * Takes over the old tree and the changes, which are left empty; not while it
 * has others.  May call back at once.
 */
void teller_tell(struct teller *, struct tree *before, struct changes *);
/* The same for what a start found; there is no old tree. */
void teller_start(struct teller *, struct differences *);

#endif

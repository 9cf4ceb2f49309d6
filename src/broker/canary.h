/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service tries its signing keys by itself, every canary = TIME: each
 * generation in force or to come is probed (broker/probe.h), one after another
 * and only while clients do not wait.  What is suspended is passed over.
 *
 * A key that stops signing, or signs again, is on record and logged once;
 * status has what the last round found.
 */
#ifndef CS_BROKER_CANARY_H
#define CS_BROKER_CANARY_H

#include "base/buf.h"

struct canary;
struct service;

/* NULL: no memory. */
struct canary *canary_new(struct service *);
/* When the workers are gone.  Accepts NULL. */
void canary_free(struct canary *);

/* The tree is there, or another one: how often, from now on. */
void canary_reset(struct canary *);

/* For status: a line, or a JSON object. */
void canary_text(const struct canary *, struct buf *);
void canary_json(const struct canary *, struct buf *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tenants whose files were not taken: since when, what is wrong, who hears.
 */
#ifndef CS_BROKER_TENANTS_H
#define CS_BROKER_TENANTS_H

#include "base/buf.h"
#include "policy/tenant.h"

struct admin_peer;
struct service;

/*
 * A tree was taken in the place of before (NULL: at a start): tenants that are
 * bad are told to the log, each goes on record when that is news, and those
 * that were bad before are so since then.
 */
void tenants_taken(
    struct service *, const struct tree *before, struct tree *next);

/* How many are bad; a line for each goes to out (may be NULL). */
size_t tenants_bad(const struct tree *, struct buf *out);

/* For status: all of them, or (who not NULL) those that are who's. */
void tenants_text(
    const struct tree *, const struct admin_peer *who, struct buf *out);
void tenants_json(
    const struct tree *, const struct admin_peer *who, struct buf *out);

#endif

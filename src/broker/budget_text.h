/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is left of budgets, for those whom they bind and for the admin.
 */
#ifndef CS_BROKER_BUDGET_TEXT_H
#define CS_BROKER_BUDGET_TEXT_H

#include "base/buf.h"
#include "broker/session.h"

/*
 * For whoami: of the session's profile, the tenants around it, and the keys it
 * is granted, a line each; or the JSON member "budgets", without a comma.
 */
void say_budgets(const struct session *, bool json, struct buf *);
/* For keys: a key's own, a line; or ,"budget":{…}.  Nothing if it has none. */
void say_key_budget(const struct session *, const struct signing_key *,
    bool json, struct buf *);
/*
 * For status: those who used most today, a line each; or the JSON member
 * "budgets", with a comma.
 */
void say_tallies(const struct service *, bool json, struct buf *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the broker says about one request.
 *
 * Each returns false when the broker broke a rule, which ends the session.
 */
#ifndef CS_SESSION_REPLIES_H
#define CS_SESSION_REPLIES_H

#include "session/exchange.h"

bool replies_accept(struct exchange *, const struct accept_reply *);
bool replies_text(struct exchange *, const struct text_reply *);
bool replies_answer(struct exchange *, const struct answer *);
bool replies_done(struct exchange *, const struct done_reply *);

#endif

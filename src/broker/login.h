/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may come in: the owner of one client key, or of two where the profile
 * of the first says require-second.
 *
 * A session is believed that its peer proved a key, and nothing else: which
 * key is the first, whether another one is needed and which would do is kept
 * and decided here.
 */
#ifndef CS_BROKER_LOGIN_H
#define CS_BROKER_LOGIN_H

#include "broker/session.h"
#include "wire/login.h"

/* A key is offered or was proven; moves the session on. */
struct key_reply login_query(struct session *, const struct key_query *);
/* Its peer will not log in; what the record is to say of it. */
void login_gave_up(struct session *, enum reason);
/*
 * After a reload: its client keys under the new tree.  False: it may not be
 * here any more, and was told to go.
 */
bool login_again(struct session *);

#endif

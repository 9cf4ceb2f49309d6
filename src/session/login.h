/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The peer's login: which keys it may try, what the broker says to them, and
 * what libssh does not tell.
 *
 * libssh 0.10 drops an authentication request without any answer or callback
 * when the signature is bad or the key's type unknown, and the peer then waits
 * for ever.  Nothing in its interface can answer for it, so a dropped request
 * is noticed in libssh's log and ends the connection with a sentence.
 */
#ifndef CS_SESSION_LOGIN_H
#define CS_SESSION_LOGIN_H

#include <libssh/libssh.h>

#include "session/link.h"

struct login {
	struct link *link;
	uint64_t deadline_us;
	bool done; /* the peer proved all that the broker wants */
	bool half; /* one key is proven, and another is wanted */
	bool open; /* libssh read a request and has not answered it */
	bool dropped; /* nor will it */
	bool mismatch; /* the signature's algorithm is not on our list */
	enum reason suspect; /* why it would drop the request */
	enum reason refused; /* why a key was refused here; OK: none was */
	unsigned requests;
	bool sent_away; /* the broker ended the connection */
	struct logout logout; /* with this */
};

void login_init(struct login *, struct link *, uint64_t deadline_us);
/* Listens to libssh's log, from now on or no more. */
void login_watch(struct login *);
void login_unwatch(void);
/*
 * libssh's question about a key: SSH_AUTH_SUCCESS, SSH_AUTH_PARTIAL (proven,
 * but not enough) or SSH_AUTH_DENIED.
 */
int login_key(struct login *, const char *user, ssh_key, int state);
/*
 * After each round: REASON_OK to go on, or why the login is over.  The broker
 * has been told then.
 */
enum reason login_check(struct login *, uint64_t now_us);
/* The peer left before its login. */
void login_left(struct login *);

#endif

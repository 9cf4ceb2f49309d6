/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May this key log in?  Asked by the session, answered by the broker, before
 * anything else on that channel.
 *
 * One WIRE_KEY_QUERY gets one WIRE_KEY_REPLY.  A query with proven = true is
 * the login itself: it says that the peer proved to hold the key.  A partial
 * reply to it: the key is good, and another one has to be proven, too.
 */
#ifndef CS_WIRE_LOGIN_H
#define CS_WIRE_LOGIN_H

#include "base/reason.h"
#include "wire/type.h"

struct key_query {
	bool proven;
	char user[WIRE_USER];
	uint8_t blob[WIRE_KEY_BLOB]; /* the SSH wire form, RFC 4253 6.6 */
	size_t blob_len;
};

struct key_reply {
	bool accepted;
	bool partial; /* only with accepted */
};

/* The session gave up on the peer's login, and why. */
struct login_failed {
	enum reason reason;
};

/* The broker ends the connection; text is for the peer. */
struct logout {
	enum reason reason;
	char text[MESSAGE_SIZE];
};

void key_query_put(struct writer *, const struct key_query *);
bool key_query_get(struct reader *, struct key_query *ret);
void key_reply_put(struct writer *, const struct key_reply *);
bool key_reply_get(struct reader *, struct key_reply *ret);
void login_failed_put(struct writer *, const struct login_failed *);
bool login_failed_get(struct reader *, struct login_failed *ret);
void logout_put(struct writer *, const struct logout *);
bool logout_get(struct reader *, struct logout *ret);

#endif

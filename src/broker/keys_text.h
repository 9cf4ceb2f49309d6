/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One signing key as a client may see it: what it is, what this client may
 * have made with it, and whether it can sign right now.
 */
#ifndef CS_BROKER_KEYS_TEXT_H
#define CS_BROKER_KEYS_TEXT_H

#include "base/buf.h"
#include "broker/session.h"
#include "policy/decide.h"

struct key;

struct key_state {
	const char *word; /* "ok", "starting", or a reason's word */
	const char *why; /* a sentence, or "" when it is ok */
};

struct key_view {
	const struct session *session;
	const struct signing_key *conf;
	const struct profile *profile;
	const struct generation *generation; /* in force, or NULL: none yet */
	const struct key *key; /* its; while there is none, the next one's */
	struct key_state state;
	struct verdict held; /* what state.why may point to */
	const struct generation *next; /* or NULL */
	const struct key *next_key;
	struct key_state next_state;
};

void key_view_init(
    struct key_view *, const struct session *, const struct signing_key *);
/* A line of it, and another where it cannot sign. */
void key_view_line(const struct key_view *, struct buf *);
void key_view_text(const struct key_view *, struct buf *);
void key_view_json(const struct key_view *, struct buf *);

/* Does the client get this format, or hash, from this key? */
bool key_view_has_format(const struct key_view *, const struct format *);
bool key_view_has_hash(const struct key_view *, enum hash);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl and the broker, over run-dir/admin.sock (SOCK_SEQPACKET; the
 * broker looks at the peer's uid).  One request, then replies until one says
 * that it is the last.  What a verb's arguments mean, and how many it takes,
 * is the broker's to check: here they are texts of bounded length.
 */
#ifndef CS_WIRE_ADMIN_H
#define CS_WIRE_ADMIN_H

#include "wire/type.h"

enum admin_verb {
	ADMIN_RELOAD,
	ADMIN_STATUS,
	ADMIN_SUSPENDED, /* what is */
	ADMIN_SUSPEND,
	ADMIN_RESUME,
	ADMIN_TEST, /* a signing key */
	ADMIN_CHECK, /* what a reload would make of a tenant's files */
	ADMIN_EXPLAIN, /* broker/on_explain.h */
	ADMIN_LOG, /* from a seq: broker/tenant_log.h */
	ADMIN_VERB_COUNT,
};

#define ADMIN_ARGS 24
#define ADMIN_ARG 1024 /* with its NUL */

struct admin_request {
	enum admin_verb verb;
	bool json;
	unsigned count;
	char args[ADMIN_ARGS][ADMIN_ARG];
};

struct admin_reply {
	bool last;
	uint8_t exit; /* of countersignctl, when last */
	bool to_stderr;
	const uint8_t *bytes; /* a view, at most WIRE_CHUNK */
	size_t len;
};

/* One more argument: false when it is too long, or one too many. */
bool admin_request_add(struct admin_request *, const char *arg);

void admin_request_put(struct writer *, const struct admin_request *);
bool admin_request_get(struct reader *, struct admin_request *ret);
void admin_reply_put(struct writer *, const struct admin_reply *);
bool admin_reply_get(struct reader *, struct admin_reply *ret);

#endif

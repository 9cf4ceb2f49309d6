/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listener's two channels: to the broker, and to the parent process of
 * the sessions.
 *
 *	listener -> broker   SESSION_NEW (with the broker's end of the session's
 *	                     channel), RELOAD, DRAIN
 *	broker   -> listener BROKER_READY once, LOGGED_IN, DRAINED
 *	listener -> parent   SESSION_START (with the connection and the
 *	                     session's end of its channel)
 *	parent   -> listener PARENT_READY once, SESSION_GONE
 */
#ifndef CS_WIRE_CONTROL_H
#define CS_WIRE_CONTROL_H

#include "wire/type.h"

/* SESSION_NEW precedes the session: the broker knows the peer first. */
struct session_new {
	uint64_t connection;
	/* Numeric; IPv4-mapped is written as IPv4. */
	char address[ADDRESS_SIZE];
	uint16_t port;
};

struct session_start {
	uint64_t connection;
	uint32_t login_grace_ms;
	uint32_t idle_ms; /* no channel open, or one without progress */
	uint16_t channels; /* open at once */
	uint32_t rekey_kib; /* 0: the cipher's own */
	uint32_t rekey_s; /* 0: never by time */
};

struct session_gone {
	uint64_t connection;
	uint32_t status; /* as from waitpid */
};

/* WIRE_LOGGED_IN */
struct logged_in {
	uint64_t connection;
};

/* WIRE_RELOAD, WIRE_DRAIN, WIRE_DRAINED, WIRE_BROKER_READY, PARENT_READY. */
void bare_put(struct writer *, enum wire_type);
bool bare_get(struct reader *);

void session_new_put(struct writer *, const struct session_new *);
bool session_new_get(struct reader *, struct session_new *ret);
void session_start_put(struct writer *, const struct session_start *);
bool session_start_get(struct reader *, struct session_start *ret);
void session_gone_put(struct writer *, const struct session_gone *);
bool session_gone_get(struct reader *, struct session_gone *ret);
void logged_in_put(struct writer *, const struct logged_in *);
bool logged_in_get(struct reader *, struct logged_in *ret);

#endif

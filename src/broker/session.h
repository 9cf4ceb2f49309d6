/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection: whose it is, and its requests.  Its peer is a program that
 * may have been taken over: what it says is checked, what it is comes from
 * the listener.
 */
#ifndef CS_BROKER_SESSION_H
#define CS_BROKER_SESSION_H

#include "broker/account.h"
#include "broker/journal.h"
#include "broker/peer.h"
#include "format/format.h"
#include "policy/decide.h"
#include "wire/control.h"
#include "wire/login.h"

struct service;

/* "file:line", or empty when no line decided it (records.c). */
#define RULE_SIZE 300
void rule_text(const struct rule *, char ret[static RULE_SIZE]);

/* States, as bits for the surface table. */
enum {
	SESSION_HELLO = 1,
	SESSION_READY = 2,
	SESSION_REFUSED = 4, /* it gave up on the login */
	SESSION_LEAVING = 8, /* it was told to go */
	SESSION_SECOND = 16, /* one client key is proven, another is needed */
};

enum login_record {
	LOGIN_UNRECORDED,
	LOGIN_PENDING,
	LOGIN_RECORDED
};

/* A client key that the peer proved beside its first. */
struct second {
	const struct client_key *client; /* of the running tree; NULL: none */
	uint8_t *blob;
	size_t blob_len;
	char *principal;
	char fingerprint[FINGERPRINT_SIZE]; /* of the last one offered */
};

struct session {
	struct service *service;
	struct session *next, *prev;
	struct peer *peer; /* NULL: gone; only its last records are awaited */
	struct session_new from;
	unsigned state;
	char label[112]; /* for diagnostics */
	struct loop_timer *leave;

	/* Until the login: what a failure's record will say. */
	bool tried;
	unsigned queries;
	enum reason reason;
	char rule[RULE_SIZE]; /* that said so, or "" */
	char user[4 * WIRE_USER];

	/* Since a client key was proven: it is who the session acts for. */
	const struct client_key *client; /* of the running tree */
	uint8_t *blob;
	size_t blob_len;
	char *principal;
	char fingerprint[FINGERPRINT_SIZE]; /* of the last key offered */
	struct account *account; /* the client key's */
	struct second second; /* where its profile says require-second */

	/* Since the login. */
	enum login_record recorded;
	struct waiter login;

	struct request *requests;
	unsigned open; /* that the session may still speak of */
	uint64_t idle_us; /* when the last of them ended; 0: none was */
	uint32_t last_channel;
	bool any_channel;
	size_t lines; /* in memory */
};

/* Takes fd over: 0, or -1 (no memory). */
int session_new(struct service *, const struct session_new *, int fd);
/* The peer, if still there, is dropped; requests are cancelled. */
void session_drop(struct session *);
/* Frees it when its peer is gone and nothing is awaited any more. */
void session_settle(struct session *);
void session_free_all(struct service *);

void session_state(struct session *, unsigned state);
/*
 * The client key was proven, and is enough (SESSION_READY) or needs a second
 * one (SESSION_SECOND): 0, or -1 (no memory).
 */
int session_login(struct session *, const struct client_key *);
/* And this is the second: 0, or -1 (no memory). */
int session_second(struct session *, const struct client_key *);
/* Writes the AUTH record unless it is written or on its way. */
void session_record(struct session *);
/* Says good-bye; a session that then stays is dropped. */
void session_logout(struct session *, enum reason, const char *text);
/* The moment's facts for policy. */
struct moment session_moment(const struct session *);
/* May all of its client keys still be here?  The first no counts. */
enum reason session_standing(const struct session *, struct verdict *ret);

#endif

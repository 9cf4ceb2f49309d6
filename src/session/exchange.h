/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One SSH channel's life: a command, its input, its answers, its end.
 *
 * libssh's callbacks only take notes; everything is done by exchange_work and
 * by what the broker sends, both outside of callbacks.
 */
#ifndef CS_SESSION_EXCHANGE_H
#define CS_SESSION_EXCHANGE_H

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include "session/answers.h"
#include "session/link.h"
#include "session/outlet.h"
#include "session/pending.h"
#include "session/splitter.h"

/* No more lines are read while this much output waits for its reader. */
#define OUT_HIGH ((size_t)64 << 10)

struct agency; /* session/agency.h */

/* What the channels of a connection have in common. */
struct common {
	ssh_session ssh;
	struct link link;
	struct outlet outlet;
	uint64_t now_us;
	uint32_t idle_ms;
	uint32_t next_number; /* the next channel's that asks the broker */
	bool again; /* there is more to do right now */
	const char *broken; /* the peer broke a rule: why the connection ends */
};

enum exchange_state {
	EXCHANGE_OPENED, /* no command yet */
	EXCHANGE_ASKING, /* a command came; the broker does not know yet */
	EXCHANGE_ASKED, /* the broker decides */
	EXCHANGE_LINES, /* input goes to the broker */
	EXCHANGE_FAILED, /* a bad line; those before it get their answers */
	EXCHANGE_ENDED, /* all input is with the broker */
	EXCHANGE_DONE, /* exit is known; output may still have to go */
	EXCHANGE_CLOSING, /* exit status sent, or the peer is gone */
};

struct exchange {
	struct common *common;
	ssh_channel ssh;
	struct ssh_channel_callbacks_struct callbacks;
	uint32_t number; /* the broker's name for it */
	enum exchange_state state;
	enum open_how how;
	bool terminal; /* a pty was asked for (and refused) */
	char *command; /* until it was sent */
	struct variables *env; /* NULL: none */

	struct buf in;
	size_t left; /* bytes of input still with libssh */
	bool ended; /* the peer sent its last byte */
	struct splitter splitter;
	bool stalled; /* lines may be waiting for room */
	struct accept_reply accept;
	struct pending pending;
	struct line only; /* where exactly one digest may come */
	uint32_t only_number; /* its line; 0: none yet */
	bool only_sent;
	uint32_t lines;
	uint32_t bad_lines;

	struct agency *agency; /* NULL: it is no ssh-agent */
	struct streams streams;
	uint32_t untaken; /* text that the broker thinks is still here */
	int exit;
	bool known; /* to the broker */
	bool closed; /* our close went out */
	bool peer_closed;
	uint64_t progress_us;
};

/* NULL: no memory.  The channel is then refused. */
struct exchange *exchange_new(struct common *);
void exchange_free(struct exchange *);
/* One round: whatever can be done without waiting. */
void exchange_work(struct exchange *);
/* Something can be done now that no event will tell. */
bool exchange_wants(const struct exchange *);
/* Both sides closed it and the broker knows: to be freed. */
bool exchange_is_over(const struct exchange *);
/* When exchange_work has to look for idleness; UINT64_MAX: not. */
uint64_t exchange_deadline(const struct exchange *);
/* Ends the request with this status, once everything is written. */
void exchange_finish(struct exchange *, int status);
/* The same with a sentence for standard error. */
void exchange_fail(struct exchange *, int status, const char *text);

#endif

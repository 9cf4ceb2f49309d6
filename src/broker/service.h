/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What everything in the broker hangs on, and the round of its loop.
 *
 * Callbacks only change state; what follows from it happens once after each
 * round: lines go to workers, answers to sessions, records to the disk.
 */
#ifndef CS_BROKER_SERVICE_H
#define CS_BROKER_SERVICE_H

#include "audit/fingerprint.h"
#include "base/channel.h"
#include "broker/account.h"
#include "broker/budgets.h"
#include "broker/journal.h"
#include "broker/keyring.h"
#include "broker/peer.h"
#include "broker/pool.h"
#include "broker/prints.h"
#include "broker/repeat.h"
#include "broker/timing.h"
#include "format/proof.h"
#include "wire/request.h"

#define VERSION "0.1"

/* Lines and answers of all sessions together; beyond it, BUSY. */
#define SERVICE_MEMORY ((size_t)256 << 20)
/* Lines of one connection that may be without an answer. */
#define SERVICE_LINES 32768
/* The same while most of the memory is used: a newcomer still gets in. */
#define SERVICE_LINES_TIGHT 64

struct service {
	struct loop *loop;
	const char *dir; /* of the configuration tree */
	struct tree *tree;
	struct prints *prints; /* of its client keys */
	struct suspensions *suspensions; /* in force */
	struct suspend *suspend;
	char fingerprint[TREE_FINGERPRINT_SIZE];
	uint32_t boot; /* random; part of every request's id */
	uint64_t started_us;
	struct journal *journal;
	struct log_watch *log_watch; /* or NULL */
	struct store *store; /* or NULL, for tests: nothing is kept */
	struct budgets budgets;
	struct repeats repeats;
	struct accounts accounts;
	struct journal_opened opened; /* what START tells */
	struct waiter started; /* START's */
	bool separated; /* each domain has its own user */
	bool start_due; /* START could not be written yet */
	bool compared; /* with the tree of before the start */
	size_t changes; /* what it showed */
	struct archive *archive; /* NULL: only until it is started */
	struct keyring *keyring;
	struct pool pool;
	struct token **tokens; /* by index in the tree; fixed at start */
	size_t token_count;
	uint32_t next_worker;
	uint64_t next_job;
	struct peer *listener, *keeper;
	struct lists *lists;
	struct session *sessions;
	size_t session_count;
	struct request *dirty; /* have something to send */
	struct admin *admin;
	struct reload *reload;
	struct drain *drain;
	struct checkpoints *checkpoints;
	struct roll_over *roll_over;
	struct canary *canary;
	struct key_test *key_tests; /* that have not ended */
	uint64_t signatures;
	struct timing timing;
	bool announced; /* the listener knows that we are ready */
	int exit; /* the program's, when the loop ends */
	uint8_t out[CHANNEL_MAX]; /* where messages are put together */
	struct buf input, answer; /* where these are put together */
	struct opened read_back;
};

/*
 * Takes over tree and journal; NULL: no memory (both stay the caller's then).
 * Tokens and keys are set up, but nothing is started.
 */
struct service *service_new(
    const char *dir, struct tree *, const char *fingerprint, struct journal *);
/* Ends journal, loader and admin socket too.  Accepts NULL. */
void service_free(struct service *);

/*
 * Takes over the descriptors and starts workers: 0, or -1 (no memory).
 * Without tokens the listener hears at once that we are ready.  journal_start,
 * reload_new and admin_start come before.
 */
int service_start(struct service *, int listener, int keeper, int lists);
/* Something may have become ready: tells the listener, once. */
void service_announce(struct service *);
/* The journal takes records again, or has room again. */
void service_freed(void *service);
/* After a round of the loop. */
void service_round(void *service);

/* An empty message in service->out. */
struct writer service_writer(struct service *);
int64_t service_now(void); /* seconds since 1970 */

#endif

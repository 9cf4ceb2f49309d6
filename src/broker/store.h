/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STATE-DIR/state.db: what must survive a restart and a crash, as rows of a
 * database.  They are read once, at the start; from then on what is in memory
 * counts, and the rows follow it: changes are queued, and a thread of its own
 * commits all that are there in one transaction.  The loop never waits.
 *
 * A change is a ticket; who must not go on before it is on disk awaits that.
 * When a commit fails, everybody who waits hears so; the changes stay and are
 * tried again each second, and until that succeeds store_works() says no.
 *
 * Rows point to texts that are the callee's during the call only.
 */
#ifndef CS_BROKER_STORE_H
#define CS_BROKER_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "base/text.h"
#include "broker/waiter.h"

/* The longest text of a row, with its NUL. */
#define STORE_TEXT 512
#define STORE_KEY 32 /* bytes */
#define STORE_BYTES 65536 /* the longest run of bytes of a row */

/* What is left of a budget (policy/budget.h), by whose it is. */
struct store_budget {
	const char *subject;
	int64_t full_us;
	int64_t day;
	uint64_t used;
};

struct store_suspension {
	const char *kind, *name; /* which, together */
	const char *text, *by;
	int64_t since;
};

/* An answer that may be given again. */
struct store_repeat {
	const uint8_t *key; /* STORE_KEY bytes */
	uint64_t seq; /* of the record of the first time */
	int64_t made; /* seconds since 1970 */
	int64_t expires;
	const uint8_t *answer;
	size_t len;
};

struct store;

/*
 * Makes (0600) or opens the database, and checks it: NULL with reterr, also
 * when it is damaged or of a newer version.  Nothing is ever thrown away.
 */
struct store *store_open(const char *state_dir, struct text_error *reterr);
/* Commits what is queued, as far as it can be, and ends.  Accepts NULL. */
void store_close(struct store *);

/*
 * Calls fn with each row, oldest first, until it says false: no row of ours.
 * 0, or -1 with reterr.  Before store_start.
 */
typedef bool store_budget_fn(void *arg, const struct store_budget *);
typedef bool store_suspension_fn(void *arg, const struct store_suspension *);
typedef bool store_repeat_fn(void *arg, const struct store_repeat *);
int store_each_budget(
    struct store *, store_budget_fn *, void *arg, struct text_error *reterr);
int store_each_suspension(struct store *, store_suspension_fn *, void *arg,
    struct text_error *reterr);
int store_each_repeat(
    struct store *, store_repeat_fn *, void *arg, struct text_error *reterr);

/* The thread; gate (may be NULL) is the first in it.  0, or -1 with errno. */
int store_start(
    struct store *, struct loop *, void (*gate)(void *), void *gate_arg);

/*
 * Changes: a ticket, the same for all up to the next store_flush; or 0 when too
 * much is queued already (the change is lost then).  A NULL store takes nothing
 * (0).
 */
uint64_t store_put_budget(struct store *, const struct store_budget *);
uint64_t store_drop_budget(struct store *, const char *subject);
uint64_t store_put_suspension(struct store *, const struct store_suspension *);
uint64_t store_drop_suspension(
    struct store *, const char *kind, const char *name);
uint64_t store_put_repeat(struct store *, const struct store_repeat *);
uint64_t store_drop_repeat(struct store *, const uint8_t key[static STORE_KEY]);

/* The ticket of what is put before the next store_flush. */
uint64_t store_ticket(const struct store *);
/* So many bytes more (a row's, and 64 for each) can be queued. */
bool store_has_room(const struct store *, size_t bytes);
/* Is the change of the ticket on disk? */
bool store_has(const struct store *, uint64_t ticket);
/*
 * For one that is not: the waiter's fn is called when it is, or could not be
 * put there: 0.  -1: it is not going to be (soon), and fn is not called.
 */
int store_await(struct store *, uint64_t ticket, struct waiter *);
/* Hands what is queued to the thread; after each round of the loop. */
void store_flush(struct store *);
/* Without the loop: waits for what is queued, and tells. */
void store_drain(struct store *);

bool store_works(const struct store *);
struct store_state {
	bool failing;
	char error[128]; /* of the last failure; "" when there was none */
	uint64_t commits; /* since the start */
	uint64_t changes; /* that are on disk since the start */
	size_t queued; /* bytes that are not */
};
void store_state(const struct store *, struct store_state *ret);

#endif

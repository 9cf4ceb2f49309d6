/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One token: its workers' coming and going, and who waits for them.
 *
 * Workers are started one after another.  One that dies, hangs or lies is
 * replaced, with a pause that doubles as long as nothing was signed.  A
 * refused PIN is never tried again before the PIN file changes.
 */
#ifndef CS_BROKER_TOKEN_H
#define CS_BROKER_TOKEN_H

#include "broker/keyring.h"
#include "broker/queue.h"
#include "broker/schedule.h"
#include "wire/token.h"

struct chore;
struct service;
struct slot;
struct verdict;
struct worker;

struct token {
	struct service *service;
	char name[NAME_SIZE];
	size_t index;
	unsigned wanted; /* workers */
	uint64_t timeout_us;
	struct schedule schedule;
	struct queue queues[PRIORITY_COUNT];
	struct slot *retries, **retries_last;
	struct chore *chores; /* that wait for a worker */
	struct worker *workers;
	unsigned ready; /* workers that are logged in */
	bool tried; /* the first login attempt is over */
	/* Why there is none, or would be none; OK: as far as is known. */
	enum reason reason;
	char text[MESSAGE_SIZE];
	bool pin_refused;
	uint8_t stamp[WIRE_STAMP]; /* of the PIN file that was refused */
	size_t stamp_len;
	uint64_t pause_us, next_start_us;
	struct loop_timer *timer;
	char label[TOKEN_LABEL], serial[TOKEN_SERIAL], model[TOKEN_SERIAL];
	char firmware[16];
};

struct token *token_new(
    struct service *, const struct token_conf *, size_t index);
void token_free(struct token *);
struct token *token_by_name(struct service *, const char *);

/* Starts what is missing, now or at its time. */
void token_tend(struct token *);
/* The tree was reloaded: a refused PIN may be tried if its file changed. */
void token_reconsider(struct token *);

/* The worker's login succeeded, or not (the worker is gone then). */
void token_logged_in(struct worker *, const struct token_state *);
void token_refused(struct worker *, const struct token_state *);
/* The worker signs no more; what it had is tried again.  Frees it. */
void token_lose(struct worker *, enum reason, const char *text);
/* A signature came: starting workers is worth a try again. */
void token_works(struct token *);

/* Do lines wait for a worker? */
bool token_is_busy(const struct token *);
/* Keys were added or dropped. */
void token_sync_keys(struct token *);
/* Something changed for who waits here. */
void token_changed(struct token *);
/* The first attempt is over, and what it found is known. */
bool token_is_settled(const struct token *);

/*
 * Will a line that a worker gave back be tried again?  Otherwise why not; ret
 * has the text.
 */
bool token_tries_again(
    const struct token *, const struct key *, struct verdict *ret);

enum key_standing {
	KEY_USABLE,
	KEY_WAITING,
	KEY_DOWN
};
/* With why, when it is not usable. */
enum key_standing token_standing(const struct token *, const struct key *,
    enum reason *ret, const char **ret_text);

#endif

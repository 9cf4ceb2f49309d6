/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands that run and those that wait for it: a few at once, each with its
 * time, and an answer for every one.
 */
#ifndef CS_LISTS_RUNS_H
#define CS_LISTS_RUNS_H

#include "base/loop.h"
#include "wire/lists.h"

/* At once. */
#define RUNS_MAX 4

struct runs;

/*
 * Called once for each query, maybe from inside runs_ask: what the command
 * said, or why there is nothing that it said.
 */
typedef void runs_answer_fn(void *arg, const struct lists_answer *);

/*
 * alone: our user is nobody else's.  Takes care of every child of the process.
 * NULL with errno.
 */
struct runs *runs_new(struct loop *, bool alone, runs_answer_fn *, void *arg);
/* Ends all commands and waits for them.  Accepts NULL. */
void runs_free(struct runs *);

/* The query is for a command; it is copied. */
void runs_ask(struct runs *, const struct lists_query *);

#endif

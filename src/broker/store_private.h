/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the store, for its parts.
 */
#ifndef CS_BROKER_STORE_PRIVATE_H
#define CS_BROKER_STORE_PRIVATE_H

#include <pthread.h>

#include "broker/store.h"
#include "broker/store_file.h"

struct store {
	struct store_file file; /* the thread's, while there is one */

	/* The loop's. */
	struct loop_source *source;
	struct loop_timer *again;
	struct buf queue; /* changes that nobody writes yet */
	uint64_t handed; /* the ticket of what the thread was given last */
	uint64_t committed;
	uint64_t commits;
	uint64_t in_queue, in_work; /* changes */
	uint64_t changes;
	struct waiter *waiting, **waiting_last;
	bool busy, failing, retry;
	char error[128];

	void (*gate)(void *);
	void *gate_arg;
	int done_fd;

	/* Shared, under lock; work and why are the thread's while it is busy.
	 */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool started, stop, wanted, finished, ok;
	struct buf work;
	char why[128];
};

#endif

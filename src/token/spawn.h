/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting a worker: this same program anew, with descriptors and an
 * environment of its own.  Not a mere fork: the keeper's memory should not
 * be under a vendor's module, and the environment must be there from the
 * first instruction.
 */
#ifndef CS_TOKEN_SPAWN_H
#define CS_TOKEN_SPAWN_H

#include <sys/types.h>

#include "wire/token.h"

struct spawn {
	int program; /* this executable, opened before any jail */
	bool debug;
	bool syslog;
};

/*
 * pin is the credential's descriptor or -1.  Returns the worker's pid and the
 * broker's end of its channel, non-blocking, or -1 with errno.
 */
pid_t spawn_worker(const struct spawn *, const struct token_setup *, int pin,
    const struct worker_start *, int *ret_channel);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is started how: the command line, the channels and the user of each of
 * the processes.
 */
#ifndef CS_LISTENER_LAUNCH_H
#define CS_LISTENER_LAUNCH_H

#include "listener/listener.h"
#include "listener/options.h"

struct launch {
	const struct options *options;
	const struct tree *tree; /* with its tokens */
	int host_key;
};

/*
 * Starts the keeper (and tells it its tokens), the lists, the broker and the
 * parent of the sessions; sets children, broker and parent.  0, or -1 after
 * telling why.
 */
int launch_all(const struct launch *, struct listener *ret);

/* Runs countersign-broker -t as user (NULL: ours) and returns its status. */
int launch_test(const struct options *, const char *user);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignd: holds the port, starts the other processes, and hands each
 * connection to a session.  It reads no byte of any client.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "listener/accept.h"
#include "listener/background.h"
#include "listener/control.h"
#include "listener/drain.h"
#include "listener/options.h"
#include "listener/start.h"

/* 0, or -1 after telling why. */
static int
serve(struct listener *l, const struct options *o)
{
	const struct throttle_limits limits = {
		.connections = l->conf->connections,
		.per_address = l->conf->connections_per_address,
		.unauthenticated = l->conf->unauthenticated,
	};

	l->phase = PHASE_SERVE;
	if ((l->throttle = throttle_new(&limits)) == NULL ||
	    (l->loop = loop_new()) == NULL || drain_open(l) == -1 ||
	    control_open(l) == -1 || accept_open(l) == -1) {
		log_warn("cannot serve: %s", strerror(errno));
		return -1;
	}
	/* The way to syslog must be found before the jail. */
	if (!o->foreground)
		log_init("countersignd", true, o->debug);
	return start_confine(l);
}

int
main(int argc, char **argv)
{
	static struct listener l = { .broker = -1, .parent = -1, .notify = -1 };
	struct options options;
	struct background background;
	int status;

	if ((status = options_parse(&options, argc, argv)) != -1)
		return status;
	log_init("countersignd", false, options.debug);
	if (options.test)
		return start_test(&options);
	if (!options.foreground) {
		/* Later its errors go where nobody looks yet. */
		if ((status = start_test(&options)) != 0)
			return status;
		if (background_enter(&background) == -1)
			log_fatal("fork: %s", strerror(errno));
	}
	if (start_processes(&options, &l) == -1 || serve(&l, &options) == -1) {
		start_abandon(&l);
		return EXIT_FAILURE;
	}
	start_announce(&l, !options.foreground);
	if (!options.foreground)
		background_ready(&background);
	if (loop_run(l.loop) == -1)
		log_fatal("epoll: %s", strerror(errno));
	return l.status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "token/keeper.h"
#include "token/worker.h"

/*
 * Not for the command line: the listener starts the keeper (no option), and
 * the keeper starts workers (-w).
 */
int
main(int argc, char **argv)
{
	struct spawn spawn = { .program = -1 };
	bool worker = false;
	int c;

	while ((c = getopt(argc, argv, "dsw")) != -1) {
		if (c == 'd')
			spawn.debug = true;
		else if (c == 's')
			spawn.syslog = true;
		else if (c == 'w')
			worker = true;
		else
			return EX_USAGE;
	}
	log_init(
	    worker ? argv[0] : "countersign-token", spawn.syslog, spawn.debug);
	/* Modules run handlers at exit that may hang; nothing is left to do. */
	if (worker)
		_exit(worker_run());
	spawn.program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (spawn.program == -1) {
		log_warn("/proc/self/exe: %m");
		return EX_OSERR;
	}
	return keeper_run(&spawn);
}

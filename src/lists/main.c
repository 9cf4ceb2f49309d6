/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign-lists: says whether digests are in lists that others write.
 * Started by countersignd with the broker's channel as descriptor 3.
 */
#include <stdbool.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "lists/keeper.h"

int
main(int argc, char **argv)
{
	bool debug = false, to_syslog = false;
	int c;

	while ((c = getopt(argc, argv, "ds")) != -1) {
		if (c == 'd')
			debug = true;
		else if (c == 's')
			to_syslog = true;
		else
			return EX_USAGE;
	}
	if (optind != argc)
		return EX_USAGE;
	log_init("countersign-lists", to_syslog, debug);
	return keeper_run();
}

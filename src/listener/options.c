/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "conf/load.h"

static int
usage(void)
{
	fprintf(stderr, "usage: countersignd [-Ddt] [-C folder]\n");
	return EX_USAGE;
}

int
options_parse(struct options *ret, int argc, char **argv)
{
	struct options o = { .foreground = false };
	const char *dir = CONF_DIR;
	int c;

	while ((c = getopt(argc, argv, "+C:Ddt")) != -1) {
		switch (c) {
		case 'C':
			dir = optarg;
			break;
		case 'D':
			o.foreground = true;
			break;
		case 'd':
			o.debug = true;
			break;
		case 't':
			o.test = true;
			break;
		default:
			return usage();
		}
	}
	if (optind != argc)
		return usage();
	/* The other processes may be told the folder from anywhere. */
	if (realpath(dir, o.dir) == NULL) {
		fprintf(stderr, "countersignd: %s: %s\n", dir, strerror(errno));
		return EXIT_FAILURE;
	}
	*ret = o;
	return -1;
}

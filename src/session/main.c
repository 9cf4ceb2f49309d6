/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign-session: started by countersignd, never by hand.
 *
 * Descriptor 3 is the channel to the listener, 4 the host key's file.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/jail.h"
#include "base/log.h"
#include "session/hostkey.h"
#include "session/jail.h"
#include "session/parent.h"
#include "session/rehearsal.h"
#include "session/server.h"

#define LISTENER_FD 3
#define HOSTKEY_FD 4

struct options {
	bool debug;
	bool to_syslog;
};

static int
options_get(int argc, char **argv, struct options *ret)
{
	int c;

	*ret = (struct options){ .debug = false };
	while ((c = getopt(argc, argv, "ds")) != -1)
		switch (c) {
		case 'd':
			ret->debug = true;
			break;
		case 's':
			ret->to_syslog = true;
			break;
		default:
			return -1;
		}
	return optind == argc ? 0 : -1;
}

/* Only the listener ends us, by closing its channel. */
static void
ignore_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		signal(numbers[i], SIG_IGN);
}

int
main(int argc, char **argv)
{
	struct jail_filter *filter;
	struct options options;
	ssh_key key;
	ssh_bind bind;
	char what[128];

	if (options_get(argc, argv, &options) == -1) {
		fprintf(stderr, "usage: countersign-session [-ds]\n");
		return 64;
	}
	log_init("countersign-session", options.to_syslog, options.debug);
	/* syslog(3) reads the time zone's file, which a child cannot. */
	tzset();
	ignore_signals();
	/* Sessions have jails; the key is here before there is any. */
	if (jail_private() == -1) {
		log_warn("core dumps: %s", strerror(errno));
		return 1;
	}
	if ((key = hostkey_load(HOSTKEY_FD, what)) == NULL ||
	    (bind = server_prepare(key, what)) == NULL ||
	    jail_prepare(&session_jail, &filter, what) == -1) {
		log_warn("%s", what);
		return 1;
	}
	close(HOSTKEY_FD);
	if (rehearsal_run(bind) != 0)
		log_warn("the rehearsal failed; sessions start slower");
	return parent_run(LISTENER_FD, bind, filter);
}

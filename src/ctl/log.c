/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl log: what can be done with records, without the service.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/logs.h"

static const struct {
	const char *name;
	verb_fn *run;
} actions[] = {
	{ "report", log_report },
	{ "show", log_show },
	{ "store", log_store },
	{ "verify", log_verify },
	{ "who", log_who },
};

#define ACTIONS (sizeof(actions) / sizeof(actions[0]))

/* "show, verify or who" */
static const char *
names(void)
{
	static char text[256];
	size_t len = 0;

	for (size_t i = 0; i < ACTIONS; i++) {
		const char *last = i + 1 == ACTIONS ? " or " : ", ";

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
		    i == 0 ? "" : last, actions[i].name);
	}
	return text;
}

int
verb_log(const char *dir, int argc, char **argv)
{
	if (argc < 2)
		return usage_error("log: say %s", names());
	for (size_t i = 0; i < ACTIONS; i++)
		if (strcmp(argv[1], actions[i].name) == 0)
			return actions[i].run(dir, argc - 1, argv + 1);
	return usage_error("log: unknown '%s'; say %s", argv[1], names());
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl log: what can be done with records, without the service.
 */
#include <string.h>

#include "ctl/logs.h"

static const struct {
	const char *name;
	verb_fn *run;
} actions[] = {
	{ "verify", log_verify },
};

int
verb_log(const char *dir, int argc, char **argv)
{
	if (argc < 2)
		return usage_error("log: say verify");
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(argv[1], actions[i].name) == 0)
			return actions[i].run(dir, argc - 1, argv + 1);
	return usage_error("log: unknown '%s'; say verify", argv[1]);
}

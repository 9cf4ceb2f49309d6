/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl reload, status and test: asked of the running broker.
 */
#include <string.h>

#include "ctl/admin.h"
#include "ctl/verb.h"

int
verb_reload(const char *dir, int argc, char **argv)
{
	const struct admin_request request = { .verb = ADMIN_RELOAD };

	if (argc != 1)
		return usage_error("reload: '%s' is one too many", argv[1]);
	return ask_running(dir, &request);
}

int
verb_status(const char *dir, int argc, char **argv)
{
	struct admin_request request = { .verb = ADMIN_STATUS };

	request.json = argc == 2 && strcmp(argv[1], "--json") == 0;
	if (argc > 1 && !request.json)
		return usage_error("status: only --json may follow");
	return ask_running(dir, &request);
}

int
verb_test(const char *dir, int argc, char **argv)
{
	struct admin_request request = { .verb = ADMIN_TEST };
	const char *name = NULL;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0 && !request.json)
			request.json = true;
		else if (argv[i][0] == '-' || name != NULL)
			return usage_error(
			    "test: unexpected '%s'; write test KEY [--json]",
			    argv[i]);
		else
			name = argv[i];
	}
	if (name == NULL)
		return usage_error("test: say which signing key");
	if (!admin_request_add(&request, name))
		return usage_error("test: the key's name is too long");
	return ask_running(dir, &request);
}

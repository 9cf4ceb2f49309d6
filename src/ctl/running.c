/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl reload and status: asked of the running broker.
 */
#include <string.h>

#include "conf/load.h"
#include "ctl/admin.h"
#include "ctl/tell.h"
#include "ctl/verb.h"

/* The tree's own countersign.conf says where the broker listens. */
static int
ask(const char *dir, enum admin_verb verb, bool json)
{
	struct tree *tree = conf_load_server(dir, tell_error, stderr);
	int rv;

	if (tree == NULL)
		return 1;
	rv = ask_admin(tree_server(tree)->run_dir, verb, json);
	tree_free(tree);
	return rv;
}

int
verb_reload(const char *dir, int argc, char **argv)
{
	if (argc != 1)
		return usage_error("reload: '%s' is one too many", argv[1]);
	return ask(dir, ADMIN_RELOAD, false);
}

int
verb_status(const char *dir, int argc, char **argv)
{
	bool json = argc == 2 && strcmp(argv[1], "--json") == 0;

	if (argc > 1 && !json)
		return usage_error("status: only --json may follow");
	return ask(dir, ADMIN_STATUS, json);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/verb.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"
#include "conf/load.h"

#define VERSION "0.1"

static const struct {
	const char *name;
	verb_fn *run;
	const char *usage; /* what follows the name */
	const char *help;
} verbs[] = {
	{ "check", verb_check, " [--json | --quiet]",
	    "what a reload would take, and change" },
	{ "explain", verb_explain, " CLIENT [...] -- COMMAND",
	    "what the policy says of a command, and why" },
	{ "who-can", verb_who_can, " KEY", "whose client keys may use a key" },
	{ "what-can", verb_what_can, " CLIENT|PRINCIPAL",
	    "what a client key may do" },
	{ "lint", verb_lint, " [--within TIME]",
	    "what an admin should look at" },
	{ "reload", verb_reload, "", "make the running broker load the tree" },
	{ "status", verb_status, " [--json]", "what the running broker does" },
	{ "test", verb_test, " KEY [--json]", "does a signing key sign?" },
	{ "suspend", verb_suspend, " WHAT NAME --reason TEXT",
	    "stop a key, client, principal, profile or tenant at once" },
	{ "resume", verb_resume, " WHAT NAME", "and let it go on" },
	{ "log", verb_log, " show|store|verify|who ...",
	    "what the records say" },
	{ "report", verb_report, " keys ...", "what an auditor asks" },
	{ "token", verb_token, " init|keygen|csr ...", "a key ceremony" },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void
print_help(FILE *out)
{
	fputs("usage: countersignctl [-C DIR] VERB ...\n\n", out);
	for (size_t i = 0; i < VERBS; i++)
		fprintf(out, "  %s%-*s %s\n", verbs[i].name,
		    (int)(26 - strlen(verbs[i].name)), verbs[i].usage,
		    verbs[i].help);
	fprintf(
	    out, "\nDIR is the configuration tree, %s by default.\n", CONF_DIR);
}

static int
run_verb(const char *dir, int argc, char **argv)
{
	if (argc == 0) {
		print_help(stderr);
		return EX_USAGE;
	}
	if (strcmp(argv[0], "help") == 0) {
		print_help(stdout);
		return 0;
	}
	for (size_t i = 0; i < VERBS; i++) {
		if (strcmp(argv[0], verbs[i].name) == 0)
			return verbs[i].run(dir, argc, argv);
	}
	usage_error("unknown verb '%s'", argv[0]);
	print_help(stderr);
	return EX_USAGE;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	const char *dir = CONF_DIR;
	int c;

	log_init("countersignctl", false, false);
	while ((c = getopt_long(argc, argv, "+C:hV", options, NULL)) != -1) {
		switch (c) {
		case 'C':
			dir = optarg;
			break;
		case 'h':
			print_help(stdout);
			return 0;
		case 'V':
			puts("countersignctl " VERSION);
			return 0;
		default:
			print_help(stderr);
			return EX_USAGE;
		}
	}
	return run_verb(dir, argc - optind, argv + optind);
}

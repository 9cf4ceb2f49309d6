/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl suspend and resume: asked of the running broker.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "ctl/admin.h"
#include "ctl/client_arg.h"
#include "ctl/verb.h"
#include "policy/suspension.h"

struct asked {
	const char *verb;
	const char *reason;
	bool json;
};

static int
parse_options(struct asked *a, int argc, char **argv)
{
	static const struct option options[] = {
		{ "reason", required_argument, NULL, 'r' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (c) {
		case 'r':
			if (a->reason != NULL)
				return usage_error(
				    "%s: --reason is given twice", a->verb);
			a->reason = optarg;
			break;
		case 'j':
			a->json = true;
			break;
		default:
			return usage_error("%s: %s '%s'", a->verb,
			    c == ':' ? "a value must follow" : "unknown option",
			    argv[optind - 1]);
		}
	}
	return 0;
}

/* The three arguments: 0, or the exit status. */
static int
fill(struct admin_request *request, const struct asked *a, char **words)
{
	char print[FINGERPRINT_SIZE];
	const char *name = words[1];
	int rv;

	if (subject_by_word(words[0]) == SUBJECT_COUNT)
		return usage_error("%s: '%s' is none of key, client, "
				   "principal, profile and tenant",
		    a->verb, words[0]);
	if (subject_by_word(words[0]) == SUBJECT_CLIENT) {
		if ((rv = client_arg(name, print)) != 0)
			return rv;
		name = print;
	}
	if (!admin_request_add(request, words[0]) ||
	    !admin_request_add(request, name) ||
	    !admin_request_add(request, a->reason != NULL ? a->reason : ""))
		return usage_error("%s: a word is too long", a->verb);
	return 0;
}

static int
ask(const char *dir, const struct asked *a, enum admin_verb verb, char **words)
{
	struct admin_request request = { .verb = verb };
	int rv = fill(&request, a, words);

	return rv != 0 ? rv : ask_running(dir, &request);
}

static int
list(const char *dir, const struct asked *a)
{
	struct admin_request request = {
		.verb = ADMIN_SUSPENDED,
		.json = a->json,
	};

	if (a->reason != NULL)
		return usage_error(
		    "suspend: --reason is for what is suspended now");
	return ask_running(dir, &request);
}

int
verb_suspend(const char *dir, int argc, char **argv)
{
	struct asked a = { .verb = "suspend" };
	int rv = parse_options(&a, argc, argv), count = argc - optind;
	char **words = argv + optind;

	if (rv != 0)
		return rv;
	if (count == 0 || (count == 1 && strcmp(words[0], "list") == 0))
		return list(dir, &a);
	if (a.json)
		return usage_error("suspend: --json is for the list");
	if (count != 2)
		return usage_error("suspend: say what and which: "
				   "key|client|principal|profile|tenant NAME");
	if (a.reason == NULL || a.reason[0] == '\0')
		return usage_error(
		    "suspend: a reason must be given: --reason TEXT");
	return ask(dir, &a, ADMIN_SUSPEND, words);
}

int
verb_resume(const char *dir, int argc, char **argv)
{
	struct asked a = { .verb = "resume" };
	int rv = parse_options(&a, argc, argv);

	if (rv != 0)
		return rv;
	if (a.json)
		return usage_error("resume: unknown option '--json'");
	if (argc - optind != 2)
		return usage_error("resume: say what and which: "
				   "key|client|principal|profile|tenant NAME");
	return ask(dir, &a, ADMIN_RESUME, argv + optind);
}

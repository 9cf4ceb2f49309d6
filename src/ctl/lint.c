/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl lint: what is allowed, and worth a look.
 */
#include "policy/lint.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/clock.h"
#include "ctl/certificate.h"
#include "ctl/clients.h"
#include "ctl/coverage.h"
#include "ctl/json.h"
#include "ctl/tell.h"
#include "ctl/verb.h"
#include "policy/date.h"

#define DAY 86400
#define WITHIN (30u * DAY)
#define WITHIN_MAX (3650u * DAY)

struct linting {
	const struct tree *tree;
	struct lint_time time;
	struct json json;
	bool as_json;
	size_t notes;
};

static void
on_note(void *arg, const struct note *note)
{
	struct linting *l = arg;

	l->notes++;
	if (!l->as_json) {
		tell_note_line(stdout, note);
		return;
	}
	json_object(&l->json, NULL);
	json_rule(&l->json, &note->rule);
	json_text(&l->json, "kind", note->kind);
	json_text(&l->json, "text", note->text);
	json_object_end(&l->json);
}

/* Certificates that have expired are certificate_warn's. */
static void
look_at_dates(struct linting *l, const struct generation *g)
{
	struct note note = { .kind = "expires", .rule = g->rule };
	char who[GENERATION_WHO], date[DATE_TEXT];
	int64_t from, until;

	if (g->file[KEY_FILE_CERTIFICATE] == NULL ||
	    certificate_dates(g->file[KEY_FILE_CERTIFICATE], &from, &until) ==
		-1 ||
	    until < l->time.now || until > l->time.soon)
		return;
	date_text(until, date);
	snprintf(note.text, sizeof(note.text),
	    "the certificate of %s is valid only until %s",
	    generation_who(g, who), date);
	on_note(l, &note);
}

static int
look(struct linting *l)
{
	const struct hearer hearer = { on_note, l };

	for (size_t i = 0; i < tree_generations(l->tree); i++) {
		const struct generation *g = tree_generation(l->tree, i);

		certificate_warn(&hearer, g, l->time.now);
		look_at_dates(l, g);
	}
	for (size_t i = 0; i < tree_keys(l->tree); i++)
		coverage_warn(&hearer, tree_key(l->tree, i), l->time.now);
	return lint(l->tree, &l->time, on_note, l);
}

static int
run(struct linting *l)
{
	int rv;

	if (l->as_json)
		json_list(&l->json, NULL);
	rv = look(l);
	if (l->as_json) {
		json_list_end(&l->json);
		json_end(&l->json);
	}
	if (rv == -1) {
		fputs("countersignctl: no memory\n", stderr);
		return EX_OSERR;
	}
	return l->notes > 0;
}

static int
parse_options(struct linting *l, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "within", required_argument, NULL, 'w' },
		{ NULL, 0, NULL, 0 },
	};
	uint32_t within = WITHIN;
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (c == '?')
			return EX_USAGE;
		if (c == 'j')
			l->as_json = true;
		else if (text_duration(optarg, WITHIN_MAX, &within) == -1)
			return usage_error("lint: --within takes a time such "
					   "as 30d, at most 3650d");
	}
	if (optind < argc)
		return usage_error("lint: '%s' is one too many", argv[optind]);
	l->time.now = (int64_t)(clock_wall_us() / 1000000);
	l->time.soon = l->time.now + within;
	return 0;
}

int
verb_lint(const char *dir, int argc, char **argv)
{
	struct linting l = { .json.out = stdout };
	struct tree *tree;
	int rv = parse_options(&l, argc, argv);

	if (rv != 0)
		return rv;
	if ((tree = tree_here(dir)) == NULL)
		return 1;
	l.tree = tree;
	rv = run(&l);
	tree_free(tree);
	return rv;
}

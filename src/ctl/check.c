/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl check: the whole tree, as the broker would load it, and what
 * a reload would change.
 */
#include <getopt.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "conf/load.h"
#include "ctl/admin.h"
#include "ctl/certificate.h"
#include "ctl/changes.h"
#include "ctl/coverage.h"
#include "ctl/snapshot.h"
#include "ctl/tell.h"
#include "ctl/tenants.h"
#include "ctl/verb.h"
#include "format/format.h"
#include "format/key_check.h"
#include "policy/restart.h"

struct check {
	const char *dir;
	bool quiet;
	bool as_json;
	struct json json;
	struct tree_fingerprint *seen;
	struct tree *tree; /* NULL, or what a reload would take */
	unsigned errors;
	char print[TREE_FINGERPRINT_SIZE];
};

static void
on_error(void *arg, const struct text_error *error)
{
	struct check *c = arg;
	struct rule rule = { error->file, error->line };

	c->errors++;
	if (!c->as_json) {
		tell_error(stderr, error);
		return;
	}
	json_object(&c->json, NULL);
	json_rule(&c->json, &rule);
	json_text(&c->json, "text", error->what);
	json_object_end(&c->json);
}

static void
on_warning(void *arg, const struct note *note)
{
	struct check *c = arg;

	if (!c->as_json) {
		if (!c->quiet)
			tell_warning_line(stderr, note);
		return;
	}
	json_object(&c->json, NULL);
	json_rule(&c->json, &note->rule);
	json_text(&c->json, "kind", note->kind);
	json_text(&c->json, "text", note->text);
	json_object_end(&c->json);
}

static void
warn(struct check *c)
{
	static const struct note no_audit = { "no-audit-key", { "keys.d", 0 },
		"no key has use = audit: the log has no checkpoints, and "
		"signatures have no receipts" };
	const struct hearer hearer = { on_warning, c };
	int64_t now = (int64_t)(clock_wall_us() / 1000000);

	for (size_t i = 0; i < tree_generations(c->tree); i++)
		certificate_warn(&hearer, tree_generation(c->tree, i), now);
	for (size_t i = 0; i < tree_keys(c->tree); i++)
		coverage_warn(&hearer, tree_key(c->tree, i), now);
	if (tree_audit_key(c->tree) == NULL)
		on_warning(c, &no_audit);
}

static void
print_count(size_t count, const char *noun, const char *after)
{
	printf("%zu %s%s%s", count, noun, count == 1 ? "" : "s", after);
}

static void
print_tree(const struct check *c)
{
	print_count(tree_tokens(c->tree), "token", ", ");
	print_count(tree_keys(c->tree), "key", ", ");
	print_count(tree_profiles(c->tree), "profile", ", ");
	print_count(tree_clients(c->tree), "client key", "; ");
	printf("fingerprint %s\n", c->print);
}

static int
print_changes(const struct check *c)
{
	struct text_error why = { .line = 0 };
	char print[TREE_FINGERPRINT_SIZE];
	struct tree *running = running_tree(c->tree, c->dir, print, &why);
	int rv = 0;

	if (running == NULL) {
		printf("what a reload would change is not known: %s: %s\n",
		    why.file, why.what);
		return 0;
	}
	if (strcmp(print, c->print) == 0) {
		puts("this is what the service took last");
	} else if (restart_check(running, c->tree, &why) == -1) {
		printf("a reload would be refused: %s; a restart would "
		       "change:\n",
		    why.what);
		rv = changes_print(running, c->tree, stdout);
	} else {
		puts("a reload would change:");
		rv = changes_print(running, c->tree, stdout);
	}
	tree_free(running);
	return rv;
}

static void
json_tree(struct check *c)
{
	struct json *j = &c->json;

	json_number(j, "tokens", tree_tokens(c->tree));
	json_number(j, "keys", tree_keys(c->tree));
	json_number(j, "profiles", tree_profiles(c->tree));
	json_number(j, "clients", tree_clients(c->tree));
	json_text(j, "fingerprint", c->print);
}

static int
json_changes(struct check *c)
{
	struct json *j = &c->json;
	struct text_error why = { .line = 0 };
	char print[TREE_FINGERPRINT_SIZE];
	struct tree *running = running_tree(c->tree, c->dir, print, &why);
	int rv;

	if (running == NULL) {
		json_text(j, "running", NULL);
		json_text(j, "running-error", why.what);
		return 0;
	}
	json_text(j, "running", print);
	json_text(j, "restart",
	    restart_check(running, c->tree, &why) == -1 ? why.what : NULL);
	json_list(j, "changes");
	rv = changes_json(running, c->tree, j);
	json_list_end(j);
	tree_free(running);
	return rv;
}

static int
no_memory(void)
{
	fputs("countersignctl: no memory\n", stderr);
	return EX_OSERR;
}

/* What people read: 0, or the exit status. */
static int
say(struct check *c)
{
	if (c->tree == NULL)
		return 1;
	warn(c);
	tell_tenants(stderr, c->tree);
	if (!c->quiet) {
		print_tree(c);
		if (print_changes(c) == -1)
			return no_memory();
	}
	return c->errors > 0;
}

static int
say_json(struct check *c)
{
	struct json *j = &c->json;
	int rv = 0;

	json_list_end(j);
	json_bool(j, "good", c->errors == 0);
	if (c->tree != NULL) {
		json_list(j, "warnings");
		warn(c);
		json_list_end(j);
		json_tree(c);
		rv = json_changes(c);
	}
	json_object_end(j);
	json_end(j);
	if (rv == -1)
		return no_memory();
	return c->errors > 0;
}

static int
check(struct check *c)
{
	struct conf_source from = {
		.dir = c->dir,
		.check = key_file_check,
		.seen = tree_fingerprint_add,
		.seen_arg = c->seen,
		.told = on_error,
		.told_arg = c,
	};

	from.formats = format_words(&from.format_count);
	if (c->as_json) {
		json_object(&c->json, NULL);
		json_list(&c->json, "errors");
	}
	c->tree = conf_load_from(&from);
	if (c->tree != NULL && tree_fingerprint_end(c->seen, c->print) == -1) {
		fputs("countersignctl: libcrypto failed\n", stderr);
		return EX_SOFTWARE;
	}
	return c->as_json ? say_json(c) : say(c);
}

static int
parse_options(int argc, char **argv, struct check *ret)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (c == '?')
			return EX_USAGE;
		ret->as_json |= c == 'j';
		ret->quiet |= c == 'q';
	}
	if (optind < argc)
		return usage_error("check: '%s' is one too many", argv[optind]);
	if (ret->quiet && ret->as_json)
		return usage_error("check: --json and --quiet exclude each "
				   "other");
	return 0;
}

/* The broker reads what we may not, and tells what is ours. */
static int
check_as_tenant(const char *dir, bool as_json)
{
	const struct admin_request request = { .verb = ADMIN_CHECK };

	if (as_json)
		return usage_error(
		    "check: there is no --json for the owner of a tenant");
	return ask_running(dir, &request);
}

int
verb_check(const char *dir, int argc, char **argv)
{
	struct check c = { .dir = dir, .json.out = stdout };
	int rv = parse_options(argc, argv, &c);

	if (rv != 0)
		return rv;
	if (asks_as_tenant(dir))
		return check_as_tenant(dir, c.as_json);
	if ((c.seen = tree_fingerprint_new()) == NULL)
		return no_memory();
	rv = check(&c);
	tree_free(c.tree);
	tree_fingerprint_free(c.seen);
	return rv;
}

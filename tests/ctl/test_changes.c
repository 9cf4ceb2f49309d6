/* SPDX-License-Identifier: Apache-2.0 */
/*
 * covers: src/ctl/check.c src/ctl/changes.c src/ctl/snapshot.c src/ctl/json.c
 *
 * countersignctl check, beside what the service took last.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "audit/fingerprint.h"
#include "conf/snapshot.h"
#include "ctl/verb.h"
#include "format/format.h"
#include "support_verb.h"

static char text[200 * 1000];

static void
ignore(void *arg, const struct text_error *error)
{
	(void)arg;
	fail_msg("%s:%u: %s", error->file, error->line, error->what);
}

struct both {
	struct tree_fingerprint *print;
	struct spool spool;
};

static void
seen(void *arg, const char *file, const void *data, size_t len)
{
	struct both *both = arg;

	tree_fingerprint_add(both->print, file, data, len);
	spool_add(&both->spool, file, data, len);
}

/* What the service does when it takes the tree. */
static void
take(void)
{
	struct both both = { .print = tree_fingerprint_new() };
	char print[TREE_FINGERPRINT_SIZE];
	size_t count;
	const struct format_word *words = format_words(&count);

	mkdir("state", 0755);
	spool_init(&both.spool, "state");
	tree_free(conf_load(".", words, count, seen, &both, ignore, NULL));
	assert_int_equal(tree_fingerprint_end(both.print, print), 0);
	assert_int_equal(spool_publish(&both.spool, "state", print), 0);
	spool_release(&both.spool);
	tree_fingerprint_free(both.print);
}

static int
check(const char *option)
{
	return verb_run(verb_check, option);
}

static void
what_runs_would_change_nothing(void **state)
{
	(void)state;
	take();
	assert_int_equal(check(NULL), 0);
	assert_non_null(
	    strstr(verb_out[0], "\nthis is what the service took last\n"));
}

static void
another_comment_is_no_change(void **state)
{
	(void)state;
	take();
	verb_put("profiles.d/ci.conf", "# why\n[profile ci]\nkeys = release\n");
	assert_int_equal(check(NULL), 0);
	assert_non_null(strstr(verb_out[0],
	    "a reload would change:\n  nothing but how it is written\n"));
}

static void
who_gains_and_who_loses_is_said_in_words(void **state)
{
	(void)state;
	verb_put("profiles.d/ci.conf",
	    "[profile ci]\nkeys = release\nmax-lines = 100\n");
	take();
	verb_put("keys.d/beta.conf",
	    "[key beta]\ntoken = soft\nobject = pkcs11:object=beta\n"
	    "use = raw\nformats = raw\n");
	verb_put("profiles.d/ci.conf",
	    "[profile ci]\nkeys = release beta\nmax-lines = 1000\n"
	    "[profile other]\n");
	verb_put("authorized_keys.d/ci",
	    "profile=\"ci\" " VERB_KEY " build01\n"
	    "profile=\"other\" " VERB_OTHER_KEY " build02\n");
	assert_int_equal(check(NULL), 0);
	assert_non_null(strstr(verb_out[0],
	    "a reload would change:\n"
	    "  key beta: gained\n"
	    "  profile ci: max-lines 100 -> 1000 (loosened)\n"
	    "  profile other: gained (build02)\n"
	    "  client key "));
	assert_non_null(
	    strstr(verb_out[0], " of build02: gained, profile other\n"));
	assert_non_null(strstr(verb_out[0],
	    "  profile ci: gains key beta, formats raw (build01)\n"));
	unlink("keys.d/beta.conf");
}

static void
who_moves_is_named(void **state)
{
	(void)state;
	verb_put("profiles.d/ci.conf",
	    "[profile ci]\nkeys = release\n[profile other]\n");
	take();
	verb_put("authorized_keys.d/ci",
	    "profile=\"other\",from=\"10.0.0.0/8\" " VERB_KEY " build01\n");
	assert_int_equal(check(NULL), 0);
	assert_non_null(strstr(verb_out[0],
	    "  build01: moves from profile ci to other (client key SHA256:"));
	assert_non_null(strstr(
	    verb_out[0], " of build01: from (none) -> 10.0.0.0/8 (tightened)"));
	assert_non_null(strstr(verb_out[0],
	    "  who moves from profile ci to other: loses key release "
	    "(build01)\n"));
}

static void
what_needs_a_restart_is_said_before(void **state)
{
	(void)state;
	take();
	verb_put("countersign.conf",
	    "[server]\nlisten = 127.0.0.1:1\nrun-dir = run\n"
	    "state-dir = state\n");
	assert_int_equal(check(NULL), 0);
	assert_non_null(strstr(verb_out[0],
	    "a reload would be refused: a change of listen needs a restart; a "
	    "restart would change:\n"
	    "  countersign.conf: listen 127.0.0.1:0 -> 127.0.0.1:1\n"));
}

static void
a_snapshot_that_was_changed_counts_as_none(void **state)
{
	FILE *file;

	(void)state;
	take();
	file = fopen("state/running", "r+e");
	assert_non_null(file);
	assert_int_equal(fseek(file, 60, SEEK_SET), 0);
	fputc('#', file);
	fclose(file);
	assert_int_equal(check(NULL), 0);
	assert_non_null(
	    strstr(verb_out[0], "what a reload would change is not known: "));
	assert_non_null(
	    strstr(verb_out[0], "/state/running: it was changed\n"));
}

static void
an_error_is_all_that_quiet_says(void **state)
{
	(void)state;
	take();
	unlink("keys.d/log.conf");
	assert_int_equal(check("--quiet"), 0);
	assert_string_equal(verb_out[0], "");
	assert_string_equal(verb_out[1], "");
	verb_put("profiles.d/ci.conf", "[profile ci]\nkeys = gone\n");
	assert_int_equal(check("--quiet"), 1);
	assert_string_equal(verb_out[0], "");
	assert_string_equal(verb_out[1],
	    "profiles.d/ci.conf:2: profile ci: there is no key gone\n");
}

static json_t *
as_json(int want)
{
	json_error_t error;
	json_t *root;

	assert_int_equal(check("--json"), want);
	assert_string_equal(verb_out[1], "");
	root = json_loads(verb_out[0], 0, &error);
	assert_non_null(root);
	return root;
}

static const char *
string_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void
every_error_is_in_the_json(void **state)
{
	json_t *root, *errors;

	(void)state;
	verb_put("profiles.d/ci.conf", "[profile ci]\nkeys = gone lost\n");
	verb_put("authorized_keys.d/ci", "rubbish\n");
	root = as_json(1);
	errors = json_object_get(root, "errors");
	assert_int_equal(json_array_size(errors), 3);
	assert_string_equal(string_of(json_array_get(errors, 0), "file"),
	    "authorized_keys.d/ci");
	assert_string_equal(string_of(json_array_get(errors, 2), "text"),
	    "profile ci: there is no key lost");
	assert_true(json_is_false(json_object_get(root, "good")));
	json_decref(root);
}

static void
every_change_is_in_the_json(void **state)
{
	json_t *root, *changes, *one;

	(void)state;
	take();
	verb_put("profiles.d/ci.conf",
	    "[profile ci]\nkeys = release\nnames = *.deb\n");
	root = as_json(0);
	assert_true(json_is_true(json_object_get(root, "good")));
	assert_int_equal(strlen(string_of(root, "running")), 64);
	assert_true(json_is_null(json_object_get(root, "restart")));
	changes = json_object_get(root, "changes");
	assert_int_equal(json_array_size(changes), 1);
	one = json_array_get(changes, 0);
	assert_string_equal(string_of(one, "object"), "profile");
	assert_string_equal(string_of(one, "word"), "names");
	assert_true(json_is_null(json_object_get(one, "before")));
	assert_string_equal(string_of(one, "after"), "*.deb");
	assert_string_equal(string_of(one, "turn"), "tightened");
	assert_int_equal(json_integer_value(json_object_get(one, "line")), 3);
	json_decref(root);
}

/* Keys that differ in their last bytes. */
static void
many_profiles(const char *word)
{
	size_t used = 0;

	used += (size_t)snprintf(text, sizeof(text), "[profile ci]\n");
	for (int i = 0; i < 50; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "[profile p%d]\n%s\n", i, word);
	verb_put("profiles.d/ci.conf", text);
}

static void
what_is_too_much_for_people_is_counted(void **state)
{
	json_t *root;

	(void)state;
	many_profiles("max-lines = 1");
	take();
	many_profiles("max-lines = 2");
	assert_int_equal(check(NULL), 0);
	assert_non_null(
	    strstr(verb_out[0], "  ... and 30 more (--json has them all)\n"));
	root = as_json(0);
	assert_int_equal(json_array_size(json_object_get(root, "changes")), 50);
	json_decref(root);
}

static void
refuses_options_that_it_does_not_have(void **state)
{
	(void)state;
	assert_int_equal(check("--loud"), EX_USAGE);
	assert_int_equal(check("now"), EX_USAGE);
}

int
main(void)
{
#define IN_TREE(test) cmocka_unit_test_setup(test, verb_set_up)
	const struct CMUnitTest tests[] = {
		IN_TREE(what_runs_would_change_nothing),
		IN_TREE(another_comment_is_no_change),
		IN_TREE(who_gains_and_who_loses_is_said_in_words),
		IN_TREE(who_moves_is_named),
		IN_TREE(what_needs_a_restart_is_said_before),
		IN_TREE(a_snapshot_that_was_changed_counts_as_none),
		IN_TREE(an_error_is_all_that_quiet_says),
		IN_TREE(every_error_is_in_the_json),
		IN_TREE(every_change_is_in_the_json),
		IN_TREE(what_is_too_much_for_people_is_counted),
		IN_TREE(refuses_options_that_it_does_not_have),
	};

	return cmocka_run_group_tests(tests, verb_make_tree, verb_remove_tree);
}

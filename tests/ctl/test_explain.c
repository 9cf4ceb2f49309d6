/* SPDX-License-Identifier: Apache-2.0 */
/*
 * covers: src/ctl/explain.c src/ctl/who_can.c src/ctl/what_can.c
 * covers: src/ctl/rights_out.c src/ctl/clients.c src/ctl/lint.c
 * covers: src/ctl/suspended.c
 *
 * What the policy says, asked without a running broker.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "ctl/suspended.h"
#include "support_verb.h"

static int
says(verb_fn *verb, const char *words, const char *want)
{
	int rv = verb_run(verb, words);

	if (strstr(verb_out[0], want) == NULL)
		fail_msg("%s: %s%s", words, verb_out[0], verb_out[1]);
	return rv;
}

static json_t *
json_of(verb_fn *verb, const char *words)
{
	json_t *root;

	verb_run(verb, words);
	root = json_loads(verb_out[0], 0, NULL);
	assert_non_null(root);
	return root;
}

static void
explains_a_command_by_fingerprint_and_by_file(void **state)
{
	(void)state;
	verb_put("build01.pub", VERB_KEY " build01\n");
	assert_int_equal(says(verb_explain, VERB_PRINT " -- sign -f raw",
			     "allowed: build01, profile ci: sign with key "
			     "release, format raw, hash sha256\n"),
	    0);
	assert_non_null(
	    strstr(verb_out[0], "what is suspended was not looked at\n"));
	assert_non_null(strstr(verb_out[1], "not running"));
	assert_int_equal(says(verb_explain, "build01.pub -- sign -f raw",
			     "allowed: build01"),
	    0);
}

static void
exits_as_the_client_would(void **state)
{
	(void)state;
	verb_put("profiles.d/ci.conf",
	    "[profile ci]\nkeys = release\nnames = *.deb\n"
	    "not-after = 2030-01-01\nhashes = sha512\n");
	assert_int_equal(says(verb_explain,
			     VERB_PRINT " --name a.deb --hash sha512 -- sign "
					"-f raw",
			     "allowed"),
	    0);
	assert_int_equal(says(verb_explain,
			     VERB_PRINT " --name a.rpm --hash sha512 -- sign "
					"-f raw",
			     "profiles.d/ci.conf:3 decides"),
	    77);
	assert_int_equal(
	    says(verb_explain, VERB_PRINT " --at 2030-01-01 -- sign -f raw",
		"refused: not-after, exit 77"),
	    77);
	assert_int_equal(says(verb_explain, VERB_PRINT " -- frob",
			     "refused: usage, exit 64"),
	    64);
	assert_int_equal(
	    says(verb_explain,
		"SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA -- sign",
		"refused: client-unknown, exit 78"),
	    78);
}

static void
an_address_and_a_line_are_looked_at(void **state)
{
	(void)state;
	verb_put("profiles.d/ci.conf",
	    "[profile ci]\nkeys = release\nfrom = 10.0.0.0/8\nmax-lines = 5\n");
	assert_int_equal(
	    says(verb_explain, VERB_PRINT " -- whoami", "refused: source"), 77);
	assert_int_equal(
	    says(verb_explain, VERB_PRINT " --from 10.1.1.1 -- whoami",
		"allowed: build01, profile ci: whoami\n"),
	    0);
	assert_int_equal(says(verb_explain,
			     VERB_PRINT " --from ::ffff:10.1.1.1 --line 6 -- "
					"sign -f raw",
			     "refused: too-many-lines"),
	    77);
}

static void
explains_in_json(void **state)
{
	json_t *root =
	    json_of(verb_explain, VERB_PRINT " --json -- sign -f raw");

	(void)state;
	assert_true(json_is_true(json_object_get(root, "allowed")));
	assert_int_equal(json_array_size(json_object_get(root, "bounds")), 3);
	json_decref(root);
	root = json_of(verb_explain, "SHA256:\" --json -- sign");
	assert_true(json_is_false(json_object_get(root, "allowed")));
	json_decref(root);
}

static void
refuses_what_it_does_not_understand(void **state)
{
	(void)state;
	assert_int_equal(verb_run(verb_explain, NULL), EX_USAGE);
	assert_int_equal(
	    verb_run(verb_explain, "--from localhost " VERB_PRINT), EX_USAGE);
	assert_int_equal(
	    verb_run(verb_explain, "--at noon " VERB_PRINT), EX_USAGE);
	assert_int_equal(
	    verb_run(verb_explain, "--hash md5 " VERB_PRINT), EX_USAGE);
	assert_int_equal(
	    verb_run(verb_explain, "--line 0 " VERB_PRINT), EX_USAGE);
	assert_int_equal(
	    verb_run(verb_explain, "--loud " VERB_PRINT), EX_USAGE);
	assert_int_not_equal(verb_run(verb_explain, "gone.pub -- sign"), 0);
	assert_int_equal(verb_run(verb_who_can, NULL), EX_USAGE);
	assert_int_equal(verb_run(verb_who_can, "gone"), 1);
	assert_int_equal(verb_run(verb_who_can, "release more"), EX_USAGE);
	assert_int_equal(verb_run(verb_who_can, "--xml release"), EX_USAGE);
	assert_int_equal(verb_run(verb_what_can, NULL), EX_USAGE);
	assert_int_equal(verb_run(verb_what_can, "a b"), EX_USAGE);
	assert_int_equal(verb_run(verb_lint, "--within ever"), EX_USAGE);
	assert_int_equal(verb_run(verb_lint, "now"), EX_USAGE);
	assert_int_equal(verb_run(verb_lint, "--loud"), EX_USAGE);
}

static void
a_tree_with_errors_answers_nothing(void **state)
{
	(void)state;
	verb_put("profiles.d/ci.conf", "[profile ci]\nkeys = gone\n");
	assert_int_equal(verb_run(verb_explain, VERB_PRINT " -- sign"), 1);
	assert_int_equal(verb_run(verb_who_can, "release"), 1);
	assert_int_equal(verb_run(verb_what_can, "build01"), 1);
	assert_int_equal(verb_run(verb_lint, NULL), 1);
	assert_string_equal(verb_out[0], "");
	assert_non_null(strstr(verb_out[1], "profiles.d/ci.conf:2: "));
}

static void
names_all_who_may_use_a_key(void **state)
{
	json_t *root;

	(void)state;
	verb_put("profiles.d/ci.conf",
	    "[profile ci]\nkeys = release\nformats = raw\nmax-lines = 5\n"
	    "[profile reader]\nkeys = release\nverbs = whoami\n");
	verb_put("authorized_keys.d/ci",
	    "profile=\"ci\",from=\"10.0.0.0/8\",expiry-time=\"20400101Z\" " VERB_KEY
	    " build01\n"
	    "profile=\"reader\" " VERB_OTHER_KEY " carol\n");
	assert_int_equal(says(verb_who_can, "release",
			     "authorized_keys.d/ci:1: " VERB_PRINT
			     " build01, profile ci, from 10.0.0.0/8, expires "
			     "2040-01-01T00:00:00Z: raw with sha256, sha384, "
			     "sha512; profile max-lines 5\n"),
	    0);
	assert_null(strstr(verb_out[0], "carol"));
	root = json_of(verb_who_can, "release --json");
	assert_int_equal(json_array_size(root), 1);
	assert_int_equal(
	    json_array_size(json_object_get(json_array_get(root, 0), "hashes")),
	    3);
	json_decref(root);
	assert_int_equal(verb_run(verb_who_can, "log"), 1);
	assert_string_equal(verb_out[0], "");
}

static void
says_all_that_a_person_may_do(void **state)
{
	json_t *root;

	(void)state;
	verb_put("profiles.d/ci.conf",
	    "[profile ci]\nkeys = release\nverbs = sign check\n"
	    "[profile none]\nrequire-second = ci\n");
	verb_put("authorized_keys.d/ci",
	    "profile=\"ci\" " VERB_KEY " build01\n"
	    "profile=\"none\" " VERB_OTHER_KEY " build01\n");
	assert_int_equal(says(verb_what_can, "build01",
			     "\n  verbs: sign, check\n  key release: "),
	    0);
	assert_non_null(strstr(verb_out[0], "\n  no signing key\n"));
	assert_non_null(strstr(verb_out[0],
	    "\n  only together with a client key of profile ci\n"));
	assert_int_equal(
	    says(verb_what_can, VERB_PRINT, "authorized_keys.d/ci:1: "), 0);
	assert_null(strstr(verb_out[0], "authorized_keys.d/ci:2: "));
	root = json_of(verb_what_can, "build01 --json");
	assert_int_equal(json_array_size(root), 2);
	json_decref(root);
	assert_int_equal(verb_run(verb_what_can,
			     "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			     "AAAAA"),
	    1);
}

static void
lint_tells_and_exits_by_it(void **state)
{
	json_t *root;

	(void)state;
	assert_int_equal(says(verb_lint, NULL,
			     "profiles.d/ci.conf:1: note: profile ci has "
			     "neither rate nor per-day"),
	    1);
	root = json_of(verb_lint, "--json --within 10d");
	assert_true(json_array_size(root) >= 3);
	json_decref(root);
	verb_put("keys.d/release.conf",
	    "[key release]\ntoken = soft\nobject = pkcs11:object=release\n"
	    "use = raw\npurpose = firmware\n");
	verb_put("profiles.d/ci.conf",
	    "[profile ci]\nkeys = release\nper-day = 5\nfrom = 10.0.0.0/8\n");
	assert_int_equal(verb_run(verb_lint, NULL), 0);
	assert_string_equal(verb_out[0], "");
}

static void
reads_what_is_suspended_or_nothing(void **state)
{
	static const char good[] =
	    "[{\"what\":\"client\",\"name\":\"SHA256:x\",\"why\":\"lost\","
	    "\"by\":\"root\",\"since\":\"2026-01-01T00:00:00Z\"}]";
	static const char *const bad[] = { "", "{}", "[1]", "[{}]",
		"[{\"what\":\"moon\",\"name\":\"a\",\"why\":\"b\"}]",
		"[{\"what\":\"key\",\"name\":1,\"why\":\"b\"}]",
		"[{\"what\":\"key\",\"name\":\"a\"}]" };
	struct suspensions *set = suspended_read(good, strlen(good));

	(void)state;
	assert_non_null(set);
	assert_non_null(suspensions_find(set, SUBJECT_CLIENT, "SHA256:x"));
	suspensions_free(set);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_null(suspended_read(bad[i], strlen(bad[i])));
	for (size_t len = 0; len < strlen(good); len++)
		assert_null(suspended_read(good, len));
}

int
main(void)
{
#define IN_TREE(test) cmocka_unit_test_setup(test, verb_set_up)
	const struct CMUnitTest tests[] = {
		IN_TREE(explains_a_command_by_fingerprint_and_by_file),
		IN_TREE(exits_as_the_client_would),
		IN_TREE(an_address_and_a_line_are_looked_at),
		IN_TREE(explains_in_json),
		IN_TREE(refuses_what_it_does_not_understand),
		IN_TREE(a_tree_with_errors_answers_nothing),
		IN_TREE(names_all_who_may_use_a_key),
		IN_TREE(says_all_that_a_person_may_do),
		IN_TREE(lint_tells_and_exits_by_it),
		IN_TREE(reads_what_is_suspended_or_nothing),
	};

	return cmocka_run_group_tests(tests, verb_make_tree, verb_remove_tree);
}

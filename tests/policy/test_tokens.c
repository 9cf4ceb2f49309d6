/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/lookup.c src/policy/tree.c */
#include "support_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "[token t]\nmodule = /m.so\ntoken = demo\n"
#define GOOD HEAD "pin-file = pin\n"

static struct tree *
tree_with(const char *tokens)
{
	const struct texts texts = { .tokens = tokens };

	return good_tree(&texts);
}

static void
assert_refused(const char *tokens, const char *line)
{
	const struct texts texts = { .tokens = tokens };

	assert_told(&texts, line);
}

static void
takes_every_word(void **state)
{
	struct tree *tree = tree_with("[token t]\n"
				      "module = ../lib/m.so\n"
				      "token = My Token\n"
				      "serial = 00ff\n"
				      "pin-credential = demo-pin\n"
				      "workers = 64\n"
				      "timeout = 500ms\n"
				      "environment = A=1 B=x,y C=../s.conf\n"
				      "network = yes\n");
	const struct token_conf *t = tree_token(tree, 0);

	(void)state;
	assert_string_equal(t->name, "t");
	assert_string_equal(t->module, "/etc/cs/tokens.d/../lib/m.so");
	assert_string_equal(t->label, "My Token");
	assert_string_equal(t->serial, "00ff");
	assert_null(t->pin_file);
	assert_string_equal(t->pin_credential, "demo-pin");
	assert_int_equal(t->workers, 64);
	assert_int_equal(t->timeout_ms, 500);
	assert_string_equal(t->environment[0], "A=1");
	assert_string_equal(t->environment[1], "B=x,y");
	assert_string_equal(t->environment[2], "C=/etc/cs/tokens.d/../s.conf");
	assert_null(t->environment[3]);
	assert_true(t->network);
	assert_string_equal(t->rule.file, "tokens.d/t.conf");
	assert_int_equal(t->rule.line, 1);
	tree_free(tree);
}

static void
gives_the_defaults_when_nothing_is_said(void **state)
{
	struct tree *tree = tree_with(GOOD);
	const struct token_conf *t = tree_token(tree, 0);

	(void)state;
	assert_int_equal(t->workers, 2);
	assert_int_equal(t->timeout_ms, 10000);
	assert_string_equal(t->pin_file, "/etc/cs/tokens.d/pin");
	assert_null(t->serial);
	assert_null(t->environment);
	assert_false(t->network);
	tree_free(tree);
}

static void
changes_only_relative_values_of_variables(void **state)
{
	struct tree *tree = tree_with(
	    GOOD "environment = A=./x B=.x C=a/./x D=/./x E= F=~/x\n");
	const char **e = tree_token(tree, 0)->environment;

	(void)state;
	assert_string_equal(e[0], "A=/etc/cs/tokens.d/./x");
	assert_string_equal(e[1], "B=.x");
	assert_string_equal(e[2], "C=a/./x");
	assert_string_equal(e[3], "D=/./x");
	assert_string_equal(e[4], "E=");
	assert_string_equal(e[5], "F=~/x");
	tree_free(tree);
}

static void
refuses_a_section_that_is_not_complete(void **state)
{
	/* A key that names the token would only repeat the news. */
	(void)state;
	assert_refused("[token t]\ntoken = demo\npin-file = pin\n",
	    "tokens.d/t.conf:1: token t has no module");
	assert_refused("\n[token t]\nmodule = /m.so\npin-file = pin\n",
	    "tokens.d/t.conf:2: token t has no token: the label of the token");
	assert_refused(HEAD,
	    "tokens.d/t.conf:1: token t needs either pin-file or "
	    "pin-credential");
	assert_refused(GOOD "pin-credential = p\n",
	    "tokens.d/t.conf:1: token t needs either pin-file or "
	    "pin-credential, not both");
}

static void
refuses_a_module_that_would_be_searched_for(void **state)
{
	(void)state;
	assert_refused("[token t]\nmodule = libsofthsm2.so\ntoken = demo\n"
		       "pin-file = pin\n",
	    "tokens.d/t.conf:2: module must be a path, such as "
	    "/usr/lib/softhsm/libsofthsm2.so or ./libsofthsm2.so: nothing is "
	    "searched for");
}

static void
refuses_labels_and_serials_that_no_token_has(void **state)
{
	(void)state;
	assert_refused("[token t]\nmodule = /m.so\npin-file = pin\n"
		       "token = 123456789012345678901234567890123\n",
	    "tokens.d/t.conf:4: token is over 32 bytes");
	assert_refused(GOOD "serial = 12345678901234567\n",
	    "tokens.d/t.conf:5: serial is over 16 bytes");
	assert_refused("[token t]\nmodule = /m.so\npin-file = pin\n"
		       "token = a\xe2\x80\xae"
		       "b\n",
	    "tokens.d/t.conf:4: a character that is not shown (U+202E) in "
	    "the line");
}

static void
refuses_numbers_out_of_range(void **state)
{
	static const char *const times[] = { "0", "9ms", "601s", "600001ms",
		"11m", "1h", "ms", "1.5s", "10 s", "-1ms", "99999999999ms" };
	char text[256], line[256];

	(void)state;
	assert_refused(GOOD "workers = 0\n",
	    "tokens.d/t.conf:5: workers must be a number from 1 to 64, not "
	    "\"0\"");
	assert_refused(GOOD "workers = 65\n",
	    "tokens.d/t.conf:5: workers must be a number from 1 to 64, not "
	    "\"65\"");
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		snprintf(text, sizeof(text), GOOD "timeout = %s\n", times[i]);
		snprintf(line, sizeof(line),
		    "tokens.d/t.conf:5: timeout must be a time such as 500ms, "
		    "10s or 1m, from 10ms to 10m, not \"%s\"",
		    times[i]);
		assert_refused(text, line);
	}
}

static void
refuses_malformed_variables(void **state)
{
	(void)state;
	assert_refused(GOOD "environment = A\n",
	    "tokens.d/t.conf:5: environment is a list of NAME=VALUE, not "
	    "\"A\"");
	assert_refused(GOOD "environment = 1A=x\n",
	    "tokens.d/t.conf:5: environment is a list of NAME=VALUE, not "
	    "\"1A=x\"");
	assert_refused(GOOD "environment = A=1 A=2\n",
	    "tokens.d/t.conf:5: A is given twice");
	assert_refused(GOOD "environment = LD_PRELOAD=/x.so\n",
	    "tokens.d/t.conf:5: LD_PRELOAD=/x.so is the loader's and may not "
	    "be set");
	assert_refused(GOOD "environment = GLIBC_TUNABLES=x\n",
	    "tokens.d/t.conf:5: GLIBC_TUNABLES=x is the loader's and may not "
	    "be set");
	assert_refused(GOOD "environment = A=1 B=1 C=1 D=1 E=1 F=1 G=1 H=1 "
			    "I=1 J=1 K=1 L=1 M=1 N=1 O=1 P=1 Q=1\n",
	    "tokens.d/t.conf:5: over 16 variables");
}

static void
refuses_other_words_for_yes(void **state)
{
	(void)state;
	assert_refused(GOOD "network = true\n",
	    "tokens.d/t.conf:5: network must be yes or no, not \"true\"");
	assert_refused(GOOD "network = Yes\n",
	    "tokens.d/t.conf:5: network must be yes or no, not \"Yes\"");
}

static void
refuses_unknown_and_later_words(void **state)
{
	(void)state;
	assert_refused(GOOD "pin = 1234\n",
	    "tokens.d/t.conf:5: unknown word pin; known: module, token, "
	    "serial, pin-file, pin-credential, workers, timeout, environment, "
	    "network");
	assert_refused(GOOD "approvals = 1\n",
	    "tokens.d/t.conf:5: approvals is not supported by this version in "
	    "[token]");
}

static void
refuses_names_that_are_none(void **state)
{
	static const char rest[] =
	    " is not a name: letters, digits, '.', '_' and '-', at most 63, "
	    "the first a letter or digit";
	char line[256];

	(void)state;
	assert_refused(GOOD "[token]\n",
	    "tokens.d/t.conf:5: section [token] needs a name: [token NAME]");
	snprintf(line, sizeof(line), "tokens.d/t.conf:5: \"a b\"%s", rest);
	assert_refused(GOOD "[token a b]\n", line);
	snprintf(line, sizeof(line), "tokens.d/t.conf:5: \"../a\"%s", rest);
	assert_refused(GOOD "[token ../a]\n", line);
}

static void
refuses_a_name_that_is_taken_and_says_where(void **state)
{
	const struct texts texts = { .tokens = GOOD };
	struct told told = { .count = 0 };
	struct tree *tree = good_tree(&texts);

	(void)state;
	tree_add(tree, TREE_TOKENS, "tokens.d/u.conf", GOOD, strlen(GOOD),
	    told_add, &told);
	assert_string_equal(told.text,
	    "tokens.d/u.conf:1: token t is already defined in "
	    "tokens.d/t.conf:1\n");
	tree_free(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_every_word),
		cmocka_unit_test(gives_the_defaults_when_nothing_is_said),
		cmocka_unit_test(changes_only_relative_values_of_variables),
		cmocka_unit_test(refuses_a_section_that_is_not_complete),
		cmocka_unit_test(refuses_a_module_that_would_be_searched_for),
		cmocka_unit_test(refuses_labels_and_serials_that_no_token_has),
		cmocka_unit_test(refuses_numbers_out_of_range),
		cmocka_unit_test(refuses_malformed_variables),
		cmocka_unit_test(refuses_other_words_for_yes),
		cmocka_unit_test(refuses_unknown_and_later_words),
		cmocka_unit_test(refuses_names_that_are_none),
		cmocka_unit_test(refuses_a_name_that_is_taken_and_says_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/options.c */
#include "policy/authorized.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_tree.h"

#define CI "profile=\"ci\""

static struct tree *
tree_with(const char *lines)
{
	const struct texts texts = { .authorized = lines };

	return good_tree(&texts);
}

/* what: behind "authorized_keys.d/a:1: ". */
static void
assert_refused(const char *lines, const char *what)
{
	const struct texts texts = { .authorized = lines };
	char line[512];

	snprintf(line, sizeof(line), "authorized_keys.d/a:1: %s", what);
	assert_told(&texts, line);
}

static void
reads_a_line_with_its_options(void **state)
{
	struct tree *tree = tree_with("# a comment\n"
				      "\n"
				      "  " CI ",from=\"10.0.0.0/8,!10.1.*\","
				      "expiry-time=\"20270101Z\",restrict "
				      "\t" ED25519_KEY "  Ada Example \r\n");
	const struct client_key *c = tree_client(tree, 0);

	(void)state;
	assert_int_equal(tree_clients(tree), 1);
	assert_string_equal(c->principal, "Ada Example");
	assert_string_equal(c->from, "10.0.0.0/8,!10.1.*");
	assert_int_equal(c->expiry, 1798761600);
	assert_string_equal(c->profile->name, "ci");
	assert_string_equal(c->file, "authorized_keys.d/a");
	assert_int_equal(c->line, 3);
	assert_int_equal(c->blob_len, 51);
	assert_ptr_equal(tree_client_by_blob(tree, c->blob, c->blob_len), c);
	assert_null(tree_client_by_blob(tree, c->blob, c->blob_len - 1));
	assert_null(tree_client_by_blob(tree, "", 0));
	tree_free(tree);
}

static void
takes_the_options_that_only_restrict(void **state)
{
	struct tree *tree =
	    tree_with("restrict,no-pty,NO-X11-forwarding,no-user-rc,"
		      "no-agent-forwarding,no-port-forwarding,"
		      "Profile=\"ci\" " ED25519_KEY " build01\n");

	(void)state;
	assert_null(tree_client(tree, 0)->from);
	assert_int_equal(tree_client(tree, 0)->expiry, 0);
	tree_free(tree);
}

static void
refuses_a_key_without_a_profile(void **state)
{
	(void)state;
	assert_refused(ED25519_KEY " build01\n",
	    "the key has no profile=\"NAME\" option, so it may do nothing");
	assert_refused("restrict " ED25519_KEY " build01\n",
	    "the key has no profile=\"NAME\" option, so it may do nothing");
	assert_refused("profile=\"cj\" " ED25519_KEY " build01\n",
	    "there is no profile cj");
	assert_refused("profile=\"a b\" " ED25519_KEY " build01\n",
	    "profile=\"a b\" is not a profile's name");
}

static void
refuses_a_key_without_a_principal(void **state)
{
	static const char what[] = "the comment after the key is missing: it "
				   "is the principal, who the key belongs to";
	char line[512];

	(void)state;
	assert_refused(CI " " ED25519_KEY "\n", what);
	assert_refused(CI " " ED25519_KEY " \t \n", what);
	snprintf(line, sizeof(line), "%s %s %0129d\n", CI, ED25519_KEY, 0);
	assert_refused(line, "the principal is over 128 bytes");
	assert_refused(CI " " ED25519_KEY " a\xe2\x80\xae"
			  "b\n",
	    "a character that is not shown (U+202E) in the line");
	assert_refused("profile=\"\xc2\x9b[2J\" " ED25519_KEY " a\n",
	    "a character that is not shown (U+009B) in the line");
	assert_refused(CI " " ED25519_KEY " a\x1b[2J\n",
	    "a control character in the line");
	assert_refused(
	    CI " " ED25519_KEY " M\xfcller\n", "the line is not UTF-8");
}

static void
refuses_options_that_cannot_be_kept(void **state)
{
	static const struct {
		const char *option, *what;
	} bad[] = {
		{ "command=\"/bin/sh\"",
		    "option command has no meaning without a shell; a "
		    "profile's `default' is what runs without a command" },
		{ "pty",
		    "option pty is never allowed here, so it cannot be given" },
		{ "environment=\"A=b\"",
		    "option environment is never allowed here, so it cannot "
		    "be given" },
		{ "permitopen=\"a:1\"",
		    "option permitopen is never allowed here, so it cannot be "
		    "given" },
		{ "agent-forwarding",
		    "option agent-forwarding is never allowed here, so it "
		    "cannot be given" },
		{ "tunnel=\"0\"",
		    "option tunnel is never allowed here, so it cannot be "
		    "given" },
		{ "cert-authority",
		    "option cert-authority is refused: certificates are not "
		    "accepted" },
		{ "principals=\"a\"",
		    "option principals is refused: certificates are not "
		    "accepted" },
		{ "verify-required",
		    "option verify-required is refused: whether the PIN was "
		    "asked for cannot be seen here, so it could not be "
		    "enforced" },
		{ "no-touch-required",
		    "option no-touch-required is refused: it asks for less "
		    "than the default, which cannot be changed here" },
		{ "profle=\"ci\"",
		    "unknown option \"profle\"; known: profile=, from=, "
		    "expiry-time=, restrict, no-agent-forwarding, "
		    "no-port-forwarding, no-pty, no-user-rc, "
		    "no-X11-forwarding" },
	};
	char line[512];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(line, sizeof(line), CI ",%s " ED25519_KEY " a\n",
		    bad[i].option);
		assert_refused(line, bad[i].what);
	}
}

static void
refuses_malformed_options(void **state)
{
	static const char rest[] = " " ED25519_KEY " a\n";
	static const struct {
		const char *options, *what;
	} bad[] = {
		{ CI "," CI, "profile= is given twice" },
		{ CI ",from=\"*\",from=\"*\"", "from= is given twice" },
		{ CI ",expiry-time=\"20270101\",expiry-time=\"20270102\"",
		    "expiry-time= is given twice" },
		{ "profile=ci",
		    "option profile: the value must be in double quotes" },
		{ "profile",
		    "option profile needs a value: profile=\"VALUE\"" },
		{ "profile=\"\"", "option profile has an empty value" },
		{ "restrict=\"yes\"", "option restrict takes no value" },
		{ CI ",", "an empty option" },
		{ CI ",,restrict", "an empty option" },
		{ "=\"x\"", "an empty option" },
		{ CI "restrict", "a comma must stand between options" },
		{ CI ",from=\"a.example.org\"",
		    "from=: \"a.example.org\" is not an address, a network "
		    "(10.0.0.0/8) or a pattern (10.2.*); host names are not "
		    "looked up" },
		{ CI ",expiry-time=\"2027-01-01\"",
		    "expiry-time=: \"2027-01-01\" is not a date: write "
		    "YYYYMMDD[HHMM[SS]][Z]" },
		{ CI ",expiry-time=\"20270230Z\"",
		    "expiry-time=: \"20270230Z\" is not a date: write "
		    "YYYYMMDD[HHMM[SS]][Z]" },
	};
	char line[512];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(line, sizeof(line), "%s%s", bad[i].options, rest);
		assert_refused(line, bad[i].what);
	}
	assert_refused("profile=\"ci " ED25519_KEY " a\n",
	    "option profile: the quote is not closed");
	assert_refused("profile=\"c\\\"i\" " ED25519_KEY " a\n",
	    "profile=\"c\"i\" is not a profile's name");
}

static void
refuses_keys_that_are_none(void **state)
{
	(void)state;
	assert_refused(CI "\n", "no key stands after the options");
	assert_refused(
	    CI " ssh-ed25519\n", "the key is missing after ssh-ed25519");
	assert_refused(CI " ssh-ed25519 AAAA!AAA a\n", "the key is not base64");
	assert_refused(CI " ssh-ed25519 AAAA a\n",
	    "the key's inside is of another type than ssh-ed25519");
	assert_refused(CI " ecdsa-sha2-nistp256 AAAAC3NzaC1lZDI1NTE5AAAAIIfr"
			  "l98NaCitwc+gQ2PtkPqjPixgfMU1nVfGcJqth/HF a\n",
	    "the key's inside is of another type than ecdsa-sha2-nistp256");
	assert_refused(
	    CI " ssh-dss AAAA a\n", "DSA keys are too weak to be accepted");
	assert_refused(CI " ssh-ed25519-cert-v01@openssh.com AAAA a\n",
	    "certificates are not accepted: list the plain key");
}

static void
refuses_a_key_listed_twice_and_names_both_places(void **state)
{
	const struct texts texts = {
		.authorized = CI " " ED25519_KEY " ada\n"
				 "\n" CI ",restrict " ED25519_KEY " bob\n",
	};

	(void)state;
	assert_told(&texts,
	    "authorized_keys.d/a:3: the key is already listed in "
	    "authorized_keys.d/a:1, for ada");
}

static void
refuses_a_nul_and_a_line_without_end(void **state)
{
	static char line[AUTHORIZED_LINE_MAX + 2];
	struct told told = { .count = 0 };
	struct tree *tree = tree_with("");

	(void)state;
	tree_add(tree, TREE_AUTHORIZED, "authorized_keys.d/b", "#\0\n", 3,
	    told_add, &told);
	assert_string_equal(
	    told.text, "authorized_keys.d/b:1: a NUL byte in the line\n");
	tree_free(tree);
	memset(line, '#', sizeof(line) - 1);
	assert_refused(line, "the line is over 16383 bytes");
}

static void
goes_on_after_a_bad_line(void **state)
{
	const struct texts texts = {
		.authorized = "nonsense\n" CI " " ED25519_KEY " a",
	};
	struct told told;
	struct tree *tree = tree_of(&texts, &told);

	(void)state;
	assert_int_equal(told.count, 1);
	assert_int_equal(tree_clients(tree), 1);
	assert_int_equal(tree_client(tree, 0)->line, 2);
	tree_free(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_line_with_its_options),
		cmocka_unit_test(takes_the_options_that_only_restrict),
		cmocka_unit_test(refuses_a_key_without_a_profile),
		cmocka_unit_test(refuses_a_key_without_a_principal),
		cmocka_unit_test(refuses_options_that_cannot_be_kept),
		cmocka_unit_test(refuses_malformed_options),
		cmocka_unit_test(refuses_keys_that_are_none),
		cmocka_unit_test(
		    refuses_a_key_listed_twice_and_names_both_places),
		cmocka_unit_test(refuses_a_nul_and_a_line_without_end),
		cmocka_unit_test(goes_on_after_a_bad_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

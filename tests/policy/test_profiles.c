/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/finish.c */
#include "support_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GOOD "[profile ci]\nkeys = release\n"

static struct tree *
tree_with(const char *profiles)
{
	const struct texts texts = { .profiles = profiles };

	return good_tree(&texts);
}

static void
assert_refused(const char *profiles, const char *line)
{
	const struct texts texts = { .profiles = profiles };

	assert_told(&texts, line);
}

static void
takes_every_word(void **state)
{
	struct tree *tree = tree_with("[profile ci]\n"
				      "keys = release image\n"
				      "verbs = sign check\n"
				      "formats = raw, cms\n"
				      "hashes = sha256\n"
				      "default = sign -k release -f raw\n"
				      "from = 10.0.0.0/8 ::1, !10.1.*\n"
				      "not-before = 20260101Z\n"
				      "not-after = 2027-01-01\n"
				      "max-lines = 5000\n"
				      "names = *.bin, dist/*\n");
	const struct profile *p = tree_profile(tree, 0);

	(void)state;
	assert_string_equal(p->name, "ci");
	assert_int_equal(p->keys.count, 2);
	assert_int_equal(p->limits.verb_set,
	    1u << VERB_GREETING | 1u << VERB_SIGN | 1u << VERB_CHECK);
	assert_int_equal(p->limits.formats.count, 2);
	assert_int_equal(p->limits.hash_set, 1u << HASH_SHA256);
	assert_string_equal(p->default_text, "sign -k release -f raw");
	assert_int_equal(p->default_command->verb, VERB_SIGN);
	assert_string_equal(p->limits.from, "10.0.0.0/8,::1,!10.1.*");
	assert_int_equal(p->limits.not_before, 1767225600);
	assert_int_equal(p->limits.not_after, 1798761600);
	assert_int_equal(p->limits.max_lines, 5000);
	assert_int_equal(p->limits.globs.count, 2);
	assert_string_equal(p->rule.file, "profiles.d/p.conf");
	assert_int_equal(p->default_rule.line, 6);
	assert_int_equal(p->limits.max_lines_rule.line, 10);
	tree_free(tree);
}

static void
takes_a_profile_that_can_only_look(void **state)
{
	struct tree *tree = tree_with("[profile ci]\n");

	(void)state;
	assert_null(tree_profile(tree, 0)->keys.item);
	tree_free(tree);
}

static void
refuses_values_that_do_not_exist(void **state)
{
	(void)state;
	assert_refused(GOOD "verbs = sign push\n",
	    "profiles.d/p.conf:3: unknown verb \"push\"; known: help, whoami, "
	    "keys, pubkey, cert, sign, check, tsa, agent, log");
	assert_refused(GOOD "verbs = sign approve\n",
	    "profiles.d/p.conf:3: approve is not supported by this version; "
	    "known: help, whoami, keys, pubkey, cert, sign, check, tsa, agent, log");
	assert_refused(GOOD "formats = pdf\n",
	    "profiles.d/p.conf:3: unknown format \"pdf\"; formats: raw, "
	    "raw-pss, p1363, cms, tsa");
	assert_refused(GOOD "from = example.org\n",
	    "profiles.d/p.conf:3: \"example.org\" is not an address, a "
	    "network (10.0.0.0/8) or a pattern (10.2.*); host names are not "
	    "looked up");
	assert_refused(GOOD "from = ,\n",
	    "profiles.d/p.conf:3: an empty entry in the list");
	assert_refused(GOOD "max-lines = 0\n",
	    "profiles.d/p.conf:3: max-lines must be a number from 1 to "
	    "4294967295, not \"0\"");
	assert_refused("[profile ci]\nkeys = ../release\n",
	    "profiles.d/p.conf:2: keys: \"../release\" is not a name");
}

static void
refuses_keys_that_do_not_exist(void **state)
{
	(void)state;
	assert_refused("[profile ci]\nkeys = release relase\n",
	    "profiles.d/p.conf:2: profile ci: there is no key relase");
}

static void
refuses_grants_that_no_key_can_serve(void **state)
{
	(void)state;
	assert_refused(GOOD "formats = raw cms\n",
	    "profiles.d/p.conf:3: profile ci: format cms does not fit the use "
	    "or the formats of any of its keys");
	assert_refused("[profile ci]\nkeys = image\nformats = raw\n",
	    "profiles.d/p.conf:3: profile ci: format raw does not fit the use "
	    "or the formats of any of its keys");
	assert_refused(GOOD "hashes = sha256 sha3-256\n",
	    "profiles.d/p.conf:3: profile ci: hash sha3-256 is in the hashes "
	    "of none of its keys");
}

static void
refuses_a_default_that_does_not_parse(void **state)
{
	(void)state;
	assert_refused(GOOD "default = sign -x\n",
	    "profiles.d/p.conf:3: default: sign has no option \"-x\"; it has "
	    "-k, -f, -o, -i, --hash, --keep-going, --atomic, --receipt, "
	    "--namespace, --trailer");
	assert_refused(GOOD "default = whoami\n",
	    "profiles.d/p.conf:3: default must be a sign, check or tsa command, "
	    "not whoami");
	assert_refused(GOOD "default = ''\n",
	    "profiles.d/p.conf:3: default: unknown verb \"\"; known: help, "
	    "whoami, keys, pubkey, cert, sign, check, tsa, agent, log");
}

static void
refuses_a_default_that_would_be_refused(void **state)
{
	(void)state;
	assert_refused(GOOD "default = sign -k image -f cms\n",
	    "profiles.d/p.conf:3: profile ci: its default would be refused: "
	    "the profile ci grants no key image; it grants: release");
	assert_refused(GOOD "verbs = check\ndefault = sign -f raw\n",
	    "profiles.d/p.conf:4: profile ci: its default would be refused: "
	    "the profile ci does not allow sign; allowed: check");
	assert_refused(GOOD "default = sign -f cms\n",
	    "profiles.d/p.conf:3: profile ci: its default would be refused: "
	    "format cms is wrapped and key release has use = raw; allowed: "
	    "raw, raw-pss, p1363");
	assert_refused(GOOD "formats = raw raw-pss\ndefault = sign\n",
	    "profiles.d/p.conf:4: profile ci: its default would be refused: "
	    "say which format with -f; key release allows you: raw, raw-pss");
	assert_refused(GOOD "default = sign -f raw --hash sha3-256\n",
	    "profiles.d/p.conf:3: profile ci: its default would be refused: "
	    "you may not use sha3-256 with key release; allowed: sha256, "
	    "sha384, sha512");
	assert_refused("[profile ci]\ndefault = sign\n",
	    "profiles.d/p.conf:2: profile ci: its default would be refused: "
	    "the profile ci grants no key");
}

static void
refuses_every_word_of_later_versions(void **state)
{
	static const char *const later[] = { "approvals = 2 of a",
		"approvers = a", "requires = x", "signed-by = y" };
	char text[256], line[256];

	(void)state;
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		snprintf(text, sizeof(text), GOOD "%s\n", later[i]);
		snprintf(line, sizeof(line),
		    "profiles.d/p.conf:3: %.*s is not supported by this "
		    "version in [profile]",
		    (int)strcspn(later[i], " "), later[i]);
		assert_refused(text, line);
	}
}

static void
refuses_unknown_words_and_names_the_known(void **state)
{
	(void)state;
	assert_refused(GOOD "key = release\n",
	    "profiles.d/p.conf:3: unknown word key; known: keys, default, "
	    "log, require-second, digests-from, digests-network, from, "
	    "hours, not-before, not-after, verbs, formats, hashes, names, max-lines, "
	    "rate, burst, per-day, concurrency, on-exceed, ...");
}

static void
says_whose_records_are_shown(void **state)
{
	static const char *const said[] = { "", "log = own\n", "log = all\n" };
	char text[256];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct tree *tree;

		snprintf(text, sizeof(text), GOOD "notify = ci\n%s", said[i]);
		tree = good_tree(&(struct texts){ .profiles = text });
		assert_int_equal(tree_profile(tree, 0)->log_all, i == 2);
		assert_string_equal(tree_profile(tree, 0)->limits.notify, "ci");
		tree_free(tree);
	}
	assert_refused(GOOD "log = some\n",
	    "profiles.d/p.conf:3: log must be own or all, not \"some\"");
}

static void
refuses_a_name_that_is_taken_and_says_where(void **state)
{
	const struct texts texts = { .profiles = "\n" GOOD };
	struct told told = { .count = 0 };
	struct tree *tree = good_tree(&texts);

	(void)state;
	tree_add(tree, TREE_PROFILES, "profiles.d/q.conf", GOOD, strlen(GOOD),
	    told_add, &told);
	assert_string_equal(told.text,
	    "profiles.d/q.conf:1: profile ci is already defined in "
	    "profiles.d/p.conf:2\n");
	tree_free(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_every_word),
		cmocka_unit_test(takes_a_profile_that_can_only_look),
		cmocka_unit_test(refuses_values_that_do_not_exist),
		cmocka_unit_test(refuses_keys_that_do_not_exist),
		cmocka_unit_test(refuses_grants_that_no_key_can_serve),
		cmocka_unit_test(refuses_a_default_that_does_not_parse),
		cmocka_unit_test(refuses_a_default_that_would_be_refused),
		cmocka_unit_test(refuses_every_word_of_later_versions),
		cmocka_unit_test(refuses_unknown_words_and_names_the_known),
		cmocka_unit_test(says_whose_records_are_shown),
		cmocka_unit_test(refuses_a_name_that_is_taken_and_says_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * covers: src/policy/change.c
 */
#include "policy/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_tree.h"

#define KEYS                                                               \
	"[key release]\ntoken = t\nobject = pkcs11:object=release\nuse = " \
	"raw\n"
#define PROFILES "[profile ci]\nkeys = release\n"
#define CLIENT "profile=\"ci\" " ED25519_KEY " build01\n"

static const struct texts same = {
	.keys = KEYS, .profiles = PROFILES, .authorized = CLIENT
};
static char said[4096];

/* All changes as lines "kind object name words". */
static const char *
compare(const struct texts *before, const struct texts *after)
{
	struct tree *a = good_tree(before), *b = good_tree(after);
	struct changes changes;
	char words[CHANGE_WORDS];

	said[0] = '\0';
	assert_int_equal(tree_compare(a, b, &changes), 0);
	for (size_t i = 0; i < changes.count; i++) {
		const struct change *c = &changes.list[i];
		struct rule rule = change_rule(c);

		change_words(c, words);
		snprintf(said + strlen(said), sizeof(said) - strlen(said),
		    "%s %s %s [%s] %s:%u\n", change_kind_word(c->kind),
		    change_object_word(c->object), change_of(c), words,
		    rule.file, rule.line);
	}
	changes_release(&changes);
	tree_free(a);
	tree_free(b);
	return said;
}

static void
says_nothing_when_nothing_changed(void **state)
{
	struct texts spaced = same;

	(void)state;
	assert_string_equal(compare(&same, &same), "");
	/* Comments and blanks mean nothing. */
	spaced.profiles = "# for ci\n\n[profile ci]\nkeys =   release\n";
	spaced.server = "# nothing\n";
	assert_string_equal(compare(&same, &spaced), "");
}

static void
names_what_came_and_what_went(void **state)
{
	struct texts more = same;

	(void)state;
	more.keys =
	    KEYS "[key b]\ntoken = t\nobject = pkcs11:object=b\nuse = raw\n";
	more.profiles = PROFILES "[profile nightly]\nkeys = b\n";
	more.authorized = "";
	assert_string_equal(compare(&same, &more),
	    "gained key b [] keys.d/k.conf:5\n"
	    "gained profile nightly [] profiles.d/p.conf:3\n"
	    "lost client build01 [] authorized_keys.d/a:1\n");
	assert_string_equal(compare(&more, &same),
	    "lost key b [] keys.d/k.conf:5\n"
	    "lost profile nightly [] profiles.d/p.conf:3\n"
	    "gained client build01 [] authorized_keys.d/a:1\n");
}

static void
names_the_words_that_changed(void **state)
{
	struct texts other = same;

	(void)state;
	other.keys = KEYS "not-after = 2030-01-01\nhashes = sha256\n";
	other.profiles = "[profile ci]\nkeys = release\nmax-lines = 5\n";
	other.server = "[limits]\nchannels = 3\n[server]\nuser = s\n";
	other.authorized =
	    "profile=\"ci\",from=\"10.0.0.0/8\" " ED25519_KEY " build02\n";
	assert_string_equal(compare(&same, &other),
	    "changed server  [channels user] countersign.conf:0\n"
	    "changed key release [not-after hashes] keys.d/k.conf:1\n"
	    "changed profile ci [max-lines] profiles.d/p.conf:1\n"
	    "changed client build02 [principal from] authorized_keys.d/a:1\n");
}

static void
sees_each_limit(void **state)
{
	static const char *const words[] = { "hours = UTC Mon 08:00-09:00",
		"rate = 5/s", "per-day = 5", "concurrency = 2",
		"repeat-window = 1h", "priority = low", "env = A",
		"purpose = p", "from = 10.0.0.0/8", "names = a",
		"verbs = sign" };
	char keys[512], profiles[512], expected[512];
	struct texts other = same;

	(void)state;
	other.keys = keys;
	other.profiles = profiles;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		int len = (int)strcspn(words[i], " ");

		snprintf(keys, sizeof(keys), KEYS "%s\n", words[i]);
		snprintf(profiles, sizeof(profiles), PROFILES "%s\n", words[i]);
		snprintf(expected, sizeof(expected),
		    "changed key release [%.*s] keys.d/k.conf:1\n"
		    "changed profile ci [%.*s] profiles.d/p.conf:1\n",
		    len, words[i], len, words[i]);
		assert_string_equal(compare(&same, &other), expected);
	}
}

static void
a_value_that_changed_is_one_word(void **state)
{
	struct texts a = same, b = same;

	(void)state;
	a.profiles = "[profile ci]\nkeys = release\nmax-lines = 5\n";
	b.profiles = "[profile ci]\nkeys = release\nmax-lines = 6\n";
	assert_string_equal(compare(&a, &b),
	    "changed profile ci [max-lines] profiles.d/p.conf:1\n");
	/* A line that is another's beginning is another line. */
	b.profiles = "[profile ci]\nkeys = release\nmax-lines = 55\n";
	assert_string_equal(compare(&a, &b),
	    "changed profile ci [max-lines] profiles.d/p.conf:1\n");
}

static void
sees_a_client_that_moves_to_another_profile(void **state)
{
	struct texts a = same, b = same;

	(void)state;
	a.profiles = b.profiles = PROFILES "[profile cj]\nkeys = release\n";
	b.authorized = "profile=\"cj\",expiry-time=\"20300101Z\" " ED25519_KEY
		       " build01\n";
	assert_string_equal(compare(&a, &b),
	    "changed client build01 [profile expiry-time] "
	    "authorized_keys.d/a:1\n");
}

static void
sees_another_certificate_under_the_same_name(void **state)
{
	struct tree *a, *b;
	struct texts texts = same;
	struct changes changes;
	char words[CHANGE_WORDS];

	(void)state;
	texts.keys = KEYS "certificate = r.pem\n";
	a = good_tree(&texts);
	b = good_tree(&texts);
	assert_int_equal(tree_file(a, 0, KEY_FILE_CERTIFICATE,
			     "-----BEGIN CERTIFICATE-----\na"),
	    0);
	assert_int_equal(tree_file(b, 0, KEY_FILE_CERTIFICATE,
			     "-----BEGIN CERTIFICATE-----\nb"),
	    0);
	assert_int_equal(tree_compare(a, b, &changes), 0);
	assert_int_equal(changes.count, 1);
	change_words(&changes.list[0], words);
	assert_string_equal(words, "certificate");
	changes_release(&changes);
	tree_free(a);
	tree_free(b);
}

static void
sees_another_openpgp_key_under_the_same_name(void **state)
{
	struct tree *a, *b;
	struct texts texts = same;
	struct changes changes;
	char words[CHANGE_WORDS];

	(void)state;
	texts.keys = KEYS "openpgp = r.asc\n";
	a = good_tree(&texts);
	b = good_tree(&texts);
	assert_int_equal(tree_file(a, 0, KEY_FILE_OPENPGP,
			     "-----BEGIN PGP PUBLIC KEY BLOCK-----\na"),
	    0);
	assert_int_equal(tree_file(b, 0, KEY_FILE_OPENPGP,
			     "-----BEGIN PGP PUBLIC KEY BLOCK-----\nb"),
	    0);
	assert_int_equal(tree_compare(a, b, &changes), 0);
	assert_int_equal(changes.count, 1);
	change_words(&changes.list[0], words);
	assert_string_equal(words, "openpgp");
	changes_release(&changes);
	tree_free(a);
	tree_free(b);
}

#define NEXT                                                        \
	"[generation g]\nkey = release\nobject = pkcs11:object=g\n" \
	"start = 2027-01-01\n"

static void
sees_generations_beside_their_keys(void **state)
{
	struct texts more = same, later = same, moved = same;

	(void)state;
	more.keys = KEYS NEXT;
	assert_string_equal(
	    compare(&same, &more), "gained generation g [] keys.d/k.conf:5\n");
	assert_string_equal(
	    compare(&more, &same), "lost generation g [] keys.d/k.conf:5\n");
	later.keys = KEYS NEXT "token = t\ncertificate = g.pem\n";
	assert_string_equal(compare(&more, &later),
	    "changed generation g [token certificate] keys.d/k.conf:5\n");
	/* Where it stands means nothing. */
	moved.keys = NEXT KEYS;
	assert_string_equal(compare(&more, &moved), "");
}

static void
sees_that_a_key_gave_its_object_to_a_generation(void **state)
{
	struct texts after = same;

	(void)state;
	after.keys = "[key release]\ntoken = t\nuse = raw\n"
		     "[generation g]\nkey = release\n"
		     "object = pkcs11:object=release\nstart = 2020-01-01\n";
	assert_string_equal(compare(&same, &after),
	    "changed key release [object] keys.d/k.conf:1\n"
	    "gained generation g [] keys.d/k.conf:4\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_nothing_when_nothing_changed),
		cmocka_unit_test(names_what_came_and_what_went),
		cmocka_unit_test(names_the_words_that_changed),
		cmocka_unit_test(sees_each_limit),
		cmocka_unit_test(a_value_that_changed_is_one_word),
		cmocka_unit_test(sees_a_client_that_moves_to_another_profile),
		cmocka_unit_test(sees_another_certificate_under_the_same_name),
		cmocka_unit_test(sees_another_openpgp_key_under_the_same_name),
		cmocka_unit_test(sees_generations_beside_their_keys),
		cmocka_unit_test(
		    sees_that_a_key_gave_its_object_to_a_generation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/roll_over.c */
/* covers: src/policy/generation.c */
#include "support_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define KEY "[key release]\nuse = raw\n"
#define OWN KEY "token = t\nobject = pkcs11:object=old\n"
#define A                                                           \
	"[generation a]\nkey = release\nobject = pkcs11:object=a\n" \
	"start = 2026-06-01\n"
#define B                                                           \
	"[generation b]\nkey = release\nobject = pkcs11:object=b\n" \
	"start = 2026-07-01\n"
#define TOKEN "token = t\n"
#define JUNE INT64_C(1780272000)
#define JULY INT64_C(1782864000)

static struct tree *
tree_with(const char *keys)
{
	return good_tree(&(struct texts){ .keys = keys });
}

static void
assert_refused(const char *keys, const char *line)
{
	assert_told(&(struct texts){ .keys = keys }, line);
}

static void
assert_in_force(const struct signing_key *key, int64_t now, const char *name)
{
	const struct generation *g = key_generation(key, now);

	assert_non_null(g);
	assert_string_equal(g->name, name);
}

static void
the_one_that_started_last_is_in_force(void **state)
{
	struct tree *tree = tree_with(B OWN A);
	const struct signing_key *key = tree_key_by_name(tree, "release");

	(void)state;
	assert_int_equal(key->count, 3);
	assert_in_force(key, 0, "");
	assert_in_force(key, JUNE - 1, "");
	assert_in_force(key, JUNE, "a");
	assert_in_force(key, JULY - 1, "a");
	assert_in_force(key, JULY, "b");
	assert_in_force(key, INT64_MAX, "b");
	tree_free(tree);
}

static void
the_next_is_the_first_that_starts_later(void **state)
{
	struct tree *tree = tree_with(B OWN A);
	const struct signing_key *key = tree_key_by_name(tree, "release");

	(void)state;
	assert_string_equal(key_next_generation(key, JUNE - 1)->name, "a");
	assert_string_equal(key_next_generation(key, JUNE)->name, "b");
	assert_string_equal(key_next_generation(key, JULY - 1)->name, "b");
	assert_null(key_next_generation(key, JULY));
	assert_string_equal(generation_after(key_own(key))->name, "a");
	assert_null(generation_after(key_generation(key, JULY)));
	tree_free(tree);
}

static void
nothing_is_in_force_before_the_first_start(void **state)
{
	struct tree *tree = tree_with(KEY TOKEN A);
	const struct signing_key *key = tree_key(tree, 0);

	(void)state;
	assert_int_equal(key->count, 1);
	assert_null(key_own(key));
	assert_null(key_generation(key, JUNE - 1));
	assert_string_equal(key_next_generation(key, JUNE - 1)->name, "a");
	assert_in_force(key, JUNE, "a");
	tree_free(tree);
}

static void
takes_every_word(void **state)
{
	struct tree *tree =
	    tree_with(OWN A "token = t\n"
			    "certificate = c/a.pem\n"
			    "allow-extractable = yes\n"
			    "allow-short-rsa = yes\n"
			    "allow-expired-certificate = yes\n");
	const struct generation *g = tree_generation_by_name(tree, "a");

	(void)state;
	assert_string_equal(g->of, "release");
	assert_ptr_equal(g->key, tree_key(tree, 0));
	assert_string_equal(g->object, "pkcs11:object=a");
	assert_ptr_equal(g->token, tree_token(tree, 0));
	assert_int_equal(g->start, JUNE);
	assert_true(g->allow_extractable);
	assert_true(g->allow_short);
	assert_true(g->allow_expired);
	assert_int_equal(g->rule.line, 5);
	assert_string_equal(
	    tree_file_path(tree, g->index, KEY_FILE_CERTIFICATE),
	    "/etc/cs/keys.d/c/a.pem");
	assert_null(
	    tree_file_path(tree, key_own(g->key)->index, KEY_FILE_CERTIFICATE));
	assert_null(tree_generation_by_name(tree, ""));
	assert_null(tree_generation_by_name(tree, "b"));
	tree_free(tree);
}

static void
has_the_token_of_its_key_and_its_own_flags(void **state)
{
	struct tree *tree =
	    tree_with(OWN "allow-extractable = yes\nallow-short-rsa = yes\n" A);
	const struct generation *g = tree_generation_by_name(tree, "a");

	(void)state;
	assert_ptr_equal(g->token, tree_token(tree, 0));
	assert_false(g->allow_extractable);
	assert_false(g->allow_short);
	tree_free(tree);
}

static void
finds_its_key_in_any_file(void **state)
{
	struct tree *tree = tree_new("/etc/cs", test_formats, TEST_FORMATS);
	struct told told = { .count = 0 };
	const struct {
		enum tree_part part;
		const char *file, *text;
	} files[] = {
		{ TREE_TOKENS, "tokens.d/t.conf",
		    "[token t]\nmodule = /m.so\ntoken = t\npin-file = p\n" },
		{ TREE_KEYS, "keys.d/1.conf", A },
		{ TREE_KEYS, "keys.d/2.conf", OWN },
		{ TREE_KEYS, "keys.d/3.conf", B },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		tree_add(tree, files[i].part, files[i].file, files[i].text,
		    strlen(files[i].text), told_add, &told);
	assert_int_equal(tree_finish(tree, told_add, &told), 0);
	assert_int_equal(tree_key(tree, 0)->count, 3);
	/* Again: nothing is there twice. */
	assert_int_equal(tree_finish(tree, told_add, &told), 0);
	assert_int_equal(tree_key(tree, 0)->count, 3);
	assert_string_equal(told.text, "");
	tree_free(tree);
}

static void
refuses_a_section_that_is_not_complete(void **state)
{
	(void)state;
	assert_refused(OWN "[generation a]\nobject = pkcs11:object=a\n"
			   "start = 2026-06-01\n",
	    "keys.d/k.conf:5: generation a has no key: the name of the one "
	    "that it is of");
	assert_refused(OWN "[generation a]\nkey = release\n"
			   "start = 2026-06-01\n",
	    "keys.d/k.conf:5: generation a has no object: the pkcs11: URI of "
	    "the key");
	assert_refused(OWN "[generation a]\nkey = release\n"
			   "object = pkcs11:object=a\n",
	    "keys.d/k.conf:5: generation a has no start: the date from which "
	    "on it signs");
	assert_refused(KEY A,
	    "keys.d/k.conf:3: generation a has no token, and key release "
	    "names none");
}

static void
refuses_a_key_without_any_object(void **state)
{
	(void)state;
	assert_refused(KEY TOKEN,
	    "keys.d/k.conf:1: key release has no object: "
	    "the pkcs11: URI of the key");
	assert_refused(KEY TOKEN "certificate = a.pem\n" A,
	    "keys.d/k.conf:1: key release has no object: certificate, "
	    "openpgp, allow-extractable, allow-short-rsa and "
	    "allow-expired-certificate stand where the object does");
	assert_refused(KEY TOKEN "allow-short-rsa = yes\n" A,
	    "keys.d/k.conf:1: key release has no object: certificate, "
	    "openpgp, allow-extractable, allow-short-rsa and "
	    "allow-expired-certificate stand where the object does");
}

static void
refuses_what_does_not_exist(void **state)
{
	(void)state;
	assert_refused(OWN "[generation a]\nobject = pkcs11:object=a\n"
			   "key = other\nstart = 2026-06-01\n",
	    "keys.d/k.conf:7: generation a: there is no key other");
	assert_refused(OWN "[generation a]\nkey = a b\n",
	    "keys.d/k.conf:6: \"a b\" is not a key's name");
	assert_refused(
	    OWN A "token = u\n", "keys.d/k.conf:9: there is no token u");
	assert_refused(OWN "[generation a]\nkey = release\nobject = a\n",
	    "keys.d/k.conf:7: object must be a URI such as "
	    "pkcs11:object=release or pkcs11:id=%01, not \"a\"");
	assert_refused(OWN "[generation a]\nstart = soon\n",
	    "keys.d/k.conf:6: \"soon\" is not a date: write 2027-01-31, "
	    "2027-01-31T12:00:00Z or 20270131[HHMM[SS]][Z]");
	assert_refused(OWN A "use = raw\n",
	    "keys.d/k.conf:9: unknown word use; known: key, token, object, "
	    "certificate, openpgp, start, allow-extractable, allow-short-rsa, "
	    "allow-expired-certificate");
	assert_refused(OWN "[generation]\n",
	    "keys.d/k.conf:5: section [generation] needs a name: [generation "
	    "NAME]");
}

static void
refuses_two_that_start_at_the_same_time(void **state)
{
	(void)state;
	assert_refused(OWN A
	    "[generation c]\nkey = release\nobject = pkcs11:object=c\n"
	    "start = 2026-06-01T00:00Z\n",
	    "keys.d/k.conf:9: generation c of key release starts at the same "
	    "time as generation a in keys.d/k.conf:5");
}

static void
two_keys_may_roll_over_together(void **state)
{
	struct tree *tree =
	    tree_with(OWN A "[key image]\nuse = raw\ntoken = t\n"
			    "[generation image-a]\nkey = image\n"
			    "object = pkcs11:object=a\nstart = 2026-06-01\n");

	(void)state;
	assert_int_equal(tree_key_by_name(tree, "image")->count, 1);
	assert_int_equal(tree_key_by_name(tree, "release")->count, 2);
	tree_free(tree);
}

static void
refuses_a_name_that_is_taken(void **state)
{
	struct tree *tree = tree_new("/etc/cs", test_formats, TEST_FORMATS);
	struct told told = { .count = 0 };
	static const char a[] = A;

	(void)state;
	tree_add(
	    tree, TREE_KEYS, "keys.d/1.conf", a, strlen(a), told_add, &told);
	tree_add(
	    tree, TREE_KEYS, "keys.d/2.conf", a, strlen(a), told_add, &told);
	assert_string_equal(told.text,
	    "keys.d/2.conf:1: generation a is already defined in "
	    "keys.d/1.conf:1\n");
	tree_free(tree);
}

static void
refuses_a_generation_in_which_nothing_is_new(void **state)
{
	(void)state;
	assert_refused(OWN "[generation a]\nkey = release\n"
			   "object = pkcs11:object=old\nstart = 2026-06-01\n",
	    "keys.d/k.conf:5: generation a of key release has the same object "
	    "and certificate as key release in keys.d/k.conf:1");
	assert_refused(OWN A "[generation c]\nkey = release\ntoken = t\n"
			     "object = pkcs11:object=a\nstart = 2027-06-01\n",
	    "keys.d/k.conf:9: generation c of key release has the same object "
	    "and certificate as generation a in keys.d/k.conf:5");
}

static void
the_same_object_may_get_another_certificate(void **state)
{
	struct tree *tree = tree_with(
	    OWN "certificate = 1.pem\n"
		"[generation a]\nkey = release\nobject = pkcs11:object=old\n"
		"certificate = 2.pem\nstart = 2026-06-01\n");

	(void)state;
	assert_int_equal(tree_key(tree, 0)->count, 2);
	tree_free(tree);
}

static void
the_log_has_one_key(void **state)
{
	(void)state;
	assert_refused(OWN "[key log]\ntoken = t\n"
			   "object = pkcs11:object=log\n"
			   "use = audit\n"
			   "[generation a]\nobject = pkcs11:object=a\n"
			   "start = 2026-06-01\nkey = log\n",
	    "keys.d/k.conf:12: generation a: key log has use = audit: the "
	    "log's key has no generations");
	assert_refused(OWN "[key log]\ntoken = t\nuse = audit\n",
	    "keys.d/k.conf:5: key log has no object: the pkcs11: URI of the "
	    "key");
}

static void
tells_a_bad_section_only_once(void **state)
{
	(void)state;
	assert_refused(KEY TOKEN "[generation a]\nkey = release\nstart = x\n",
	    "keys.d/k.conf:6: \"x\" is not a date: write 2027-01-31, "
	    "2027-01-31T12:00:00Z or 20270131[HHMM[SS]][Z]");
	assert_refused(KEY TOKEN "[generation a]\nkey = -\n",
	    "keys.d/k.conf:5: \"-\" is not a key's name");
	assert_refused("[key release]\nuse = maybe\n" A,
	    "keys.d/k.conf:2: use must be raw, wrapped or audit, not "
	    "\"maybe\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_one_that_started_last_is_in_force),
		cmocka_unit_test(the_next_is_the_first_that_starts_later),
		cmocka_unit_test(nothing_is_in_force_before_the_first_start),
		cmocka_unit_test(takes_every_word),
		cmocka_unit_test(has_the_token_of_its_key_and_its_own_flags),
		cmocka_unit_test(finds_its_key_in_any_file),
		cmocka_unit_test(refuses_a_section_that_is_not_complete),
		cmocka_unit_test(refuses_a_key_without_any_object),
		cmocka_unit_test(refuses_what_does_not_exist),
		cmocka_unit_test(refuses_two_that_start_at_the_same_time),
		cmocka_unit_test(two_keys_may_roll_over_together),
		cmocka_unit_test(refuses_a_name_that_is_taken),
		cmocka_unit_test(refuses_a_generation_in_which_nothing_is_new),
		cmocka_unit_test(the_same_object_may_get_another_certificate),
		cmocka_unit_test(the_log_has_one_key),
		cmocka_unit_test(tells_a_bad_section_only_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/value_list.c */
#include "support_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "[key release]\ntoken = t\nobject = pkcs11:object=release\n"
#define GOOD HEAD "use = raw\n"
#define WRAPPED HEAD "use = wrapped\n"

static struct tree *
tree_with(const char *keys)
{
	const struct texts texts = { .keys = keys };

	return good_tree(&texts);
}

static void
assert_refused(const char *keys, const char *line)
{
	const struct texts texts = { .keys = keys };

	assert_told(&texts, line);
}

static void
takes_every_word(void **state)
{
	struct tree *tree = tree_with(GOOD "formats = raw, p1363\n"
					   "hashes = sha256 sha3-512\n"
					   "certificate = c/release.pem\n"
					   "not-before = 2026-01-01\n"
					   "not-after = 2027-01-01T00:00Z\n"
					   "allow-extractable = yes\n"
					   "allow-short-rsa = yes\n");
	const struct signing_key *k = tree_key_by_name(tree, "release");

	(void)state;
	assert_non_null(k);
	assert_int_equal(k->count, 1);
	assert_ptr_equal(key_own(k)->token, tree_token(tree, 0));
	assert_string_equal(key_own(k)->object, "pkcs11:object=release");
	assert_false(k->wrapped);
	assert_int_equal(k->limits.formats.count, 2);
	assert_string_equal(k->limits.formats.item[1], "p1363");
	assert_null(k->limits.formats.item[2]);
	assert_int_equal(k->limits.formats.rule.line, 5);
	assert_int_equal(
	    k->limits.hash_set, 1u << HASH_SHA256 | 1u << HASH_SHA3_512);
	assert_string_equal(
	    tree_file_path(tree, key_own(k)->index, KEY_FILE_CERTIFICATE),
	    "/etc/cs/keys.d/c/release.pem");
	assert_null(key_own(k)->file[KEY_FILE_CERTIFICATE]);
	assert_int_equal(k->limits.not_before, 1767225600);
	assert_int_equal(k->limits.not_after, 1798761600);
	assert_int_equal(k->limits.not_after_rule.line, 9);
	assert_true(key_own(k)->allow_extractable);
	assert_true(key_own(k)->allow_short);
	assert_int_equal(k->use_rule.line, 4);
	tree_free(tree);
}

static void
gives_the_defaults_when_nothing_is_said(void **state)
{
	struct tree *tree = tree_with(GOOD);
	const struct signing_key *k = tree_key(tree, 0);

	(void)state;
	assert_null(k->limits.formats.item);
	assert_int_equal(k->limits.hash_set,
	    1u << HASH_SHA256 | 1u << HASH_SHA384 | 1u << HASH_SHA512);
	assert_int_equal(k->limits.not_before, 0);
	assert_int_equal(k->limits.not_after, 0);
	assert_false(key_own(k)->allow_extractable);
	assert_false(key_own(k)->allow_short);
	assert_null(tree_file_path(tree, 0, KEY_FILE_CERTIFICATE));
	tree_free(tree);
}

static void
keeps_a_certificate_that_is_one(void **state)
{
	static const char pem[] = "-----BEGIN CERTIFICATE-----\nAA==\n";
	struct tree *tree = tree_with(GOOD "certificate = a.pem\n");

	(void)state;
	assert_int_equal(
	    tree_file(tree, 0, KEY_FILE_CERTIFICATE, "no PEM"), -1);
	assert_null(tree_generation(tree, 0)->file[KEY_FILE_CERTIFICATE]);
	assert_int_equal(tree_file(tree, 0, KEY_FILE_CERTIFICATE, pem), 0);
	assert_string_equal(
	    tree_generation(tree, 0)->file[KEY_FILE_CERTIFICATE], pem);
	assert_int_equal(tree_file(tree, 1, KEY_FILE_CERTIFICATE, pem), -1);
	tree_free(tree);
}

static void
keeps_an_openpgp_key_beside_it(void **state)
{
	static const char pgp[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n";
	struct tree *tree = tree_with(GOOD "openpgp = a.asc\n");

	(void)state;
	assert_string_equal(
	    tree_file_path(tree, 0, KEY_FILE_OPENPGP), "/etc/cs/keys.d/a.asc");
	assert_null(tree_file_path(tree, 0, KEY_FILE_CERTIFICATE));
	assert_int_equal(tree_file(tree, 0, KEY_FILE_OPENPGP,
			     "-----BEGIN CERTIFICATE-----\nAA==\n"),
	    -1);
	assert_int_equal(tree_file(tree, 0, KEY_FILE_OPENPGP, pgp), 0);
	assert_string_equal(
	    tree_generation(tree, 0)->file[KEY_FILE_OPENPGP], pgp);
	assert_null(tree_generation(tree, 0)->file[KEY_FILE_CERTIFICATE]);
	tree_free(tree);
}

static void
refuses_a_section_that_is_not_complete(void **state)
{
	(void)state;
	assert_refused("[key release]\nobject = pkcs11:id=%01\nuse = raw\n",
	    "keys.d/k.conf:1: key release has no token");
	assert_refused("[key release]\ntoken = t\nuse = raw\n",
	    "keys.d/k.conf:1: key release has no object: the pkcs11: URI of "
	    "the key");
	assert_refused(HEAD,
	    "keys.d/k.conf:1: key release has no use: write use = raw, use = "
	    "wrapped or use = audit");
}

static void
refuses_values_that_do_not_exist(void **state)
{
	(void)state;
	assert_refused("[key release]\ntoken = u\nobject = pkcs11:id=%01\n"
		       "use = raw\n",
	    "keys.d/k.conf:2: there is no token u");
	assert_refused("[key release]\ntoken = t\nobject = release\n"
		       "use = raw\n",
	    "keys.d/k.conf:3: object must be a URI such as "
	    "pkcs11:object=release or pkcs11:id=%01, not \"release\"");
	assert_refused(HEAD "use = both\n",
	    "keys.d/k.conf:4: use must be raw, wrapped or audit, not \"both\"");
	assert_refused(GOOD "formats = raw pdf\n",
	    "keys.d/k.conf:5: unknown format \"pdf\"; formats: raw, raw-pss, "
	    "p1363, cms, tsa");
	assert_refused(GOOD "formats = raw raw\n",
	    "keys.d/k.conf:5: \"raw\" is given twice");
	assert_refused(
	    GOOD "formats = ,\n", "keys.d/k.conf:5: the list is empty");
	assert_refused(GOOD "not-before = tomorrow\n",
	    "keys.d/k.conf:5: \"tomorrow\" is not a date: write 2027-01-31, "
	    "2027-01-31T12:00:00Z or 20270131[HHMM[SS]][Z]");
}

static void
refuses_broken_hashes_and_says_why(void **state)
{
	static const char rest[] = "hashes: sha256, sha384, sha512, sha3-256, "
				   "sha3-384, sha3-512, blake2b512";
	char line[256];

	(void)state;
	snprintf(line, sizeof(line),
	    "keys.d/k.conf:5: sha1 is broken and never signed; %s", rest);
	assert_refused(GOOD "hashes = sha1\n", line);
	snprintf(line, sizeof(line),
	    "keys.d/k.conf:5: md5 is broken and never signed; %s", rest);
	assert_refused(GOOD "hashes = md5\n", line);
	snprintf(line, sizeof(line),
	    "keys.d/k.conf:5: unknown hash \"sha-256\"; %s", rest);
	assert_refused(GOOD "hashes = sha-256\n", line);
}

static void
refuses_formats_of_the_other_class(void **state)
{
	(void)state;
	assert_refused(GOOD "formats = raw cms\n",
	    "keys.d/k.conf:5: format cms is wrapped but key release has use = "
	    "raw: a key is used for one class of formats only");
	assert_refused(HEAD "formats = p1363\nuse = wrapped\n",
	    "keys.d/k.conf:4: format p1363 is raw but key release has use = "
	    "wrapped: a key is used for one class of formats only");
}

static void
refuses_an_end_before_its_start(void **state)
{
	(void)state;
	assert_refused(GOOD "not-after = 2026-01-01\n"
			    "not-before = 2026-01-01\n",
	    "keys.d/k.conf:5: key release: not-after is not later than "
	    "not-before");
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
		    "keys.d/k.conf:5: %.*s is not supported by this version "
		    "in [key]",
		    (int)strcspn(later[i], " "), later[i]);
		assert_refused(text, line);
	}
}

static void
refuses_verbs_that_name_no_key(void **state)
{
	(void)state;
	tree_free(tree_with(GOOD "verbs = pubkey cert sign check\n"));
	assert_refused(GOOD "verbs = sign whoami\n",
	    "keys.d/k.conf:5: key release: the verb whoami names no key; "
	    "verbs that do: pubkey, cert, sign, check, tsa, agent");
}

static void
refuses_unknown_words_and_names_the_known(void **state)
{
	(void)state;
	assert_refused(GOOD "format = raw\n",
	    "keys.d/k.conf:5: unknown word format; known: token, object, use, "
	    "certificate, openpgp, allow-extractable, allow-short-rsa, "
	    "allow-expired-certificate, signing-time, predicate-type, "
	    "tsa-policy, tsa-accuracy, from, hours, not-before, ...");
	assert_refused("[profile x]\nkeys = a\n" GOOD,
	    "keys.d/k.conf:1: section [profile] belongs in profiles.d");
}

#define AUDIT "[key log]\ntoken = t\nobject = pkcs11:object=log\nuse = audit\n"

static void
takes_one_key_for_the_log(void **state)
{
	const struct texts one = { .keys = GOOD AUDIT };
	const struct texts two = { .keys = AUDIT GOOD
		"[key b]\ntoken = t\nobject = pkcs11:object=b\n"
		"use = audit\n" };
	struct tree *tree = good_tree(&one);

	(void)state;
	assert_string_equal(tree_audit_key(tree)->name, "log");
	assert_false(tree_audit_key(tree)->wrapped);
	tree_free(tree);
	tree = good_tree(&(struct texts){ .keys = GOOD });
	assert_null(tree_audit_key(tree));
	tree_free(tree);
	assert_told(&two,
	    "keys.d/k.conf:12: key b: key log in keys.d/k.conf:1 has use = "
	    "audit already");
}

static void
refuses_to_lend_the_log_key_out(void **state)
{
	const struct texts texts = { .keys = GOOD AUDIT,
		.profiles = "[profile ci]\nkeys = release log\n" };
	static const char *const words[] = { "certificate = a.pem",
		"from = 10.0.0.0/8", "hours = UTC Mon 08:00-09:00",
		"not-before = 2026-01-01", "not-after = 2026-01-01",
		"verbs = sign", "formats = raw", "hashes = sha256", "names = *",
		"max-lines = 5", "rate = 5/m", "burst = 2", "per-day = 5",
		"concurrency = 1", "on-exceed = refuse", "repeat-window = 1d",
		"priority = normal", "env = A", "purpose = p", "notify = x" };
	char text[512], line[256];

	(void)state;
	assert_told(&texts,
	    "profiles.d/p.conf:2: profile ci: key log has use = audit and is "
	    "no client's");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		snprintf(text, sizeof(text), GOOD AUDIT "%s\n", words[i]);
		snprintf(line, sizeof(line),
		    "keys.d/k.conf:8: key log has use = audit: %.*s is for "
		    "keys that clients use",
		    (int)strcspn(words[i], " "), words[i]);
		assert_refused(text, line);
	}
}

static void
reads_the_tag_for_who_routes_records(void **state)
{
	struct tree *tree = good_tree(
	    &(struct texts){ .keys = GOOD "notify = release-night\n" });

	(void)state;
	assert_string_equal(
	    tree_key_by_name(tree, "release")->limits.notify, "release-night");
	tree_free(tree);
	assert_refused(GOOD "notify = a@b\n",
	    "keys.d/k.conf:5: notify must be one tag of letters, digits, "
	    "'.', '_' and '-', at most 24 long, not \"a@b\"");
	assert_refused(GOOD "notify = abcdefghijklmnopqrstuvwxy\n",
	    "keys.d/k.conf:5: notify must be one tag of letters, digits, "
	    "'.', '_' and '-', at most 24 long, not "
	    "\"abcdefghijklmnopqrstuvwxy\"");
}

static void
tells_a_bad_word_only_once(void **state)
{
	const struct texts texts = { .keys = GOOD "[key b]\nuse = maybe\n" };

	(void)state;
	assert_told(&texts,
	    "keys.d/k.conf:6: use must be raw, wrapped or audit, not \"maybe\"");
}

static void
a_word_that_would_do_nothing_is_refused(void **state)
{
	struct tree *tree = tree_with(
	    WRAPPED "formats = cms\nsigning-time = no\npredicate-type = a:b\n");

	(void)state;
	assert_true(tree_key_by_name(tree, "release")->no_signing_time);
	tree_free(tree);
	assert_refused(GOOD "signing-time = no\n",
	    "keys.d/k.conf:5: key release: signing-time: none of its formats "
	    "has one");
	assert_refused(GOOD "formats = raw\npredicate-type = a:b\n",
	    "keys.d/k.conf:6: key release: predicate-type: none of its "
	    "formats has one");
	assert_refused(GOOD "allow-expired-certificate = yes\n",
	    "keys.d/k.conf:5: allow-expired-certificate: there is neither "
	    "certificate nor openpgp here that could expire");
}

static void
a_predicate_type_is_a_uri(void **state)
{
	static const char *const bad[] = { "release", "1:x", "x:", "a b:c",
		"https://example.com/<v1>" };
	struct tree *tree = tree_with(
	    WRAPPED "predicate-type = https://example.com/release/v1\n");

	(void)state;
	assert_string_equal(tree_key_by_name(tree, "release")->predicate_type,
	    "https://example.com/release/v1");
	tree_free(tree);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char keys[256], told[256];

		snprintf(keys, sizeof(keys), WRAPPED "predicate-type = %s\n",
		    bad[i]);
		snprintf(told, sizeof(told),
		    "keys.d/k.conf:5: predicate-type must be a URI such as "
		    "https://example.com/release/v1, not \"%s\"",
		    bad[i]);
		assert_refused(keys, told);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_every_word),
		cmocka_unit_test(gives_the_defaults_when_nothing_is_said),
		cmocka_unit_test(keeps_a_certificate_that_is_one),
		cmocka_unit_test(keeps_an_openpgp_key_beside_it),
		cmocka_unit_test(refuses_a_section_that_is_not_complete),
		cmocka_unit_test(refuses_values_that_do_not_exist),
		cmocka_unit_test(refuses_broken_hashes_and_says_why),
		cmocka_unit_test(refuses_formats_of_the_other_class),
		cmocka_unit_test(refuses_an_end_before_its_start),
		cmocka_unit_test(refuses_every_word_of_later_versions),
		cmocka_unit_test(refuses_verbs_that_name_no_key),
		cmocka_unit_test(refuses_unknown_words_and_names_the_known),
		cmocka_unit_test(takes_one_key_for_the_log),
		cmocka_unit_test(refuses_to_lend_the_log_key_out),
		cmocka_unit_test(reads_the_tag_for_who_routes_records),
		cmocka_unit_test(tells_a_bad_word_only_once),
		cmocka_unit_test(a_word_that_would_do_nothing_is_refused),
		cmocka_unit_test(a_predicate_type_is_a_uri),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/broker/key_shared.c */
#include "broker/keyring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "format/format.h"
#include "support_tree.h"

static struct keyring *ring;
static struct tree *tree;

static int
set_up(void **state)
{
	(void)state;
	ring = keyring_new();
	tree = test_tree(TEST_KEY("a", "1") TEST_KEY("b", "2"), NULL);
	assert_int_equal(keyring_adopt(ring, tree), 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	keyring_free(ring);
	tree_free(tree);
	return 0;
}

static struct key *
key_named(const char *name)
{
	return keyring_of(ring, key_own(tree_key_by_name(tree, name)));
}

static void
adopt(const char *keys)
{
	struct tree *next = test_tree(keys, NULL);

	assert_int_equal(keyring_adopt(ring, next), 0);
	tree_free(tree);
	tree = next;
}

static struct key_facts
facts(const char *spki)
{
	struct key_facts ret = {
		.type = KEY_RSA, .bits = 3072, .spki_len = strlen(spki)
	};

	memcpy(ret.spki, spki, ret.spki_len);
	return ret;
}

static void
numbers_keys_and_finds_them(void **state)
{
	(void)state;
	assert_int_equal(keyring_end(ring), 2);
	assert_ptr_equal(
	    keyring_at(ring, key_named("a")->number), key_named("a"));
	assert_ptr_not_equal(key_named("a"), key_named("b"));
	assert_null(keyring_at(ring, 2));
	assert_null(keyring_at(ring, UINT32_MAX));
}

static void
keeps_a_key_that_means_the_same_after_a_reload(void **state)
{
	struct key *a = key_named("a"), *b = key_named("b");
	struct key_facts f = facts("one");

	(void)state;
	assert_true(keyring_learn(ring, a, &f));
	adopt(TEST_KEY("b", "2") TEST_KEY("c", "3") TEST_KEY("a", "1"));
	assert_ptr_equal(key_named("a"), a);
	assert_ptr_equal(key_named("b"), b);
	assert_true(a->known);
	assert_int_equal(key_named("c")->number, 2);
	assert_ptr_equal(a->conf, key_own(tree_key_by_name(tree, "a")));
}

static void
makes_another_key_of_another_object(void **state)
{
	struct key *a = key_named("a");
	uint32_t number = a->number;

	(void)state;
	adopt(TEST_KEY("a", "9") TEST_KEY("b", "2"));
	assert_int_not_equal(key_named("a")->number, number);
	assert_false(key_named("a")->known);
	assert_null(keyring_at(ring, number));
}

static void
keeps_a_dropped_key_while_a_request_has_it(void **state)
{
	struct key *a = key_named("a");
	uint32_t number = a->number;

	(void)state;
	key_ref(a);
	adopt(TEST_KEY("b", "2"));
	assert_ptr_equal(keyring_at(ring, number), a);
	assert_null(a->conf);
	keyring_unref(ring, a);
	assert_null(keyring_at(ring, number));
}

static void
never_uses_a_number_again(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 20; i++) {
		adopt(i % 2 == 0 ? TEST_KEY("a", "x") : TEST_KEY("a", "y"));
		assert_int_equal(key_named("a")->number, 2 + i);
	}
}

static void
learns_once_and_takes_no_other_public_key(void **state)
{
	struct key *a = key_named("a");
	struct key_facts one = facts("one"), two = facts("two");

	(void)state;
	assert_true(keyring_learn(ring, a, &one));
	assert_true(keyring_learn(ring, a, &one));
	assert_false(keyring_learn(ring, a, &two));
	assert_int_equal(a->reason, REASON_KEY_UNFIT);
	assert_int_equal(a->spki_len, 3);
	assert_memory_equal(a->spki, "one", 3);
	assert_int_equal(a->facts.bits, 3072);
}

static void
learns_nothing_from_a_refusal_or_half_a_fact(void **state)
{
	struct key *a = key_named("a");
	struct key_facts f = facts("one");

	(void)state;
	f.reason = REASON_KEY_MISSING;
	assert_false(keyring_learn(ring, a, &f));
	assert_int_equal(a->reason, REASON_KEY_MISSING);
	f = facts("one");
	f.type = KEY_NONE;
	assert_false(keyring_learn(ring, a, &f));
	f = facts("");
	assert_false(keyring_learn(ring, a, &f));
	assert_false(a->known);
}

#define AUDIT_KEY                                            \
	"[key log]\ntoken = t\nobject = pkcs11:object=log\n" \
	"use = audit\n"

static struct key_facts
audit_facts(const char *spki)
{
	struct key_facts f = facts(spki);

	f.type = KEY_ED25519;
	f.bits = 255;
	f.mechs = mech_bit(MECH_EDDSA, HASH_NONE);
	return f;
}

static void
takes_only_ed25519_for_an_audit_key(void **state)
{
	struct key_facts f = facts("one");

	(void)state;
	adopt(TEST_KEY("a", "1") AUDIT_KEY);
	assert_true(key_named("log")->audit);
	assert_false(keyring_learn(ring, key_named("log"), &f));
	assert_int_equal(key_named("log")->reason, REASON_KEY_UNFIT);
	f = audit_facts("one");
	f.mechs = 0;
	assert_false(keyring_learn(ring, key_named("log"), &f));
	f = audit_facts("one");
	assert_true(keyring_learn(ring, key_named("log"), &f));
}

static void
an_audit_key_is_no_signing_key_under_another_name(void **state)
{
	struct key_facts f = audit_facts("same"), other = audit_facts("other");

	(void)state;
	adopt(TEST_KEY("a", "1") TEST_KEY("b", "1") AUDIT_KEY);
	assert_true(keyring_learn(ring, key_named("log"), &f));
	assert_false(keyring_learn(ring, key_named("a"), &f));
	assert_int_equal(key_named("a")->reason, REASON_KEY_UNFIT);
	assert_true(keyring_learn(ring, key_named("a"), &other));
	/* Two names for one signing key are fine. */
	assert_true(keyring_learn(ring, key_named("b"), &other));
}

static void
an_audit_key_is_another_when_it_was_something_else(void **state)
{
	uint32_t number;

	(void)state;
	adopt(TEST_KEY("log", "log"));
	number = key_named("log")->number;
	adopt(AUDIT_KEY);
	assert_int_not_equal(key_named("log")->number, number);
}

#define WRAPPED_KEY                                      \
	"[key w]\ntoken = t\nobject = pkcs11:object=1\n" \
	"use = wrapped\n"

/* A raw signature is one in every format that shares the primitive. */
static void
no_object_is_used_raw_and_wrapped(void **state)
{
	struct key_facts f = facts("same"), other = facts("other");

	(void)state;
	adopt(TEST_KEY("a", "1") WRAPPED_KEY);
	assert_true(keyring_learn(ring, key_named("a"), &f));
	assert_false(keyring_learn(ring, key_named("w"), &f));
	assert_int_equal(key_named("w")->reason, REASON_KEY_UNFIT);
	assert_non_null(strstr(key_named("w")->text, "raw and wrapped"));
	assert_true(keyring_learn(ring, key_named("w"), &other));
}

#define APART(name, formats)                                           \
	"[key " name "]\ntoken = t\nobject = pkcs11:object=" name "\n" \
	"use = wrapped\ncertificate = c.pem\nformats = " formats "\n"

static void
no_object_has_formats_that_sign_the_same(void **state)
{
	struct key_facts f = facts("same"), other = facts("other");

	(void)state;
	adopt(APART("v", "verity cms") APART("p", "freebsd-pkg")
		APART("c", "cms"));
	assert_true(keyring_learn(ring, key_named("v"), &f));
	assert_true(keyring_learn(ring, key_named("c"), &f));
	assert_false(keyring_learn(ring, key_named("p"), &f));
	assert_string_equal(key_named("p")->text,
	    "formats verity and freebsd-pkg sign the same bytes");
	assert_true(keyring_learn(ring, key_named("p"), &other));
}

/* A list that a reload changes is looked at again. */
static void
a_reload_brings_no_formats_that_sign_the_same(void **state)
{
	struct key_facts f = facts("same");
	struct key *v;

	(void)state;
	adopt(APART("v", "verity") APART("p", "cms"));
	v = key_named("v");
	assert_true(keyring_learn(ring, v, &f));
	assert_true(keyring_learn(ring, key_named("p"), &f));
	adopt(APART("v", "verity manifest") APART("p", "freebsd-pkg"));
	assert_ptr_equal(key_named("v"), v);
	assert_false(key_named("p")->known);
	assert_false(keyring_learn(ring, key_named("p"), &f));
}

static void
a_use_that_is_over_forbids_no_other(void **state)
{
	struct key_facts f = facts("same");
	struct key *old;

	(void)state;
	adopt(TEST_KEY("w", "1"));
	old = key_named("w");
	assert_true(keyring_learn(ring, old, &f));
	key_ref(old);
	adopt(WRAPPED_KEY);
	assert_ptr_not_equal(key_named("w"), old);
	assert_true(keyring_learn(ring, key_named("w"), &f));
	keyring_unref(ring, old);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(numbers_keys_and_finds_them),
		TEST(keeps_a_key_that_means_the_same_after_a_reload),
		TEST(makes_another_key_of_another_object),
		TEST(keeps_a_dropped_key_while_a_request_has_it),
		TEST(never_uses_a_number_again),
		TEST(learns_once_and_takes_no_other_public_key),
		TEST(learns_nothing_from_a_refusal_or_half_a_fact),
		TEST(takes_only_ed25519_for_an_audit_key),
		TEST(an_audit_key_is_no_signing_key_under_another_name),
		TEST(an_audit_key_is_another_when_it_was_something_else),
		TEST(no_object_is_used_raw_and_wrapped),
		TEST(no_object_has_formats_that_sign_the_same),
		TEST(a_reload_brings_no_formats_that_sign_the_same),
		TEST(a_use_that_is_over_forbids_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

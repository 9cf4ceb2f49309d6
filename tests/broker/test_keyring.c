/* SPDX-License-Identifier: Apache-2.0 */
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
	return keyring_of(ring, tree_key_by_name(tree, name));
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
	assert_true(key_learn(a, &f));
	adopt(TEST_KEY("b", "2") TEST_KEY("c", "3") TEST_KEY("a", "1"));
	assert_ptr_equal(key_named("a"), a);
	assert_ptr_equal(key_named("b"), b);
	assert_true(a->known);
	assert_int_equal(key_named("c")->number, 2);
	assert_ptr_equal(a->conf, tree_key_by_name(tree, "a"));
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
	assert_true(key_learn(a, &one));
	assert_true(key_learn(a, &one));
	assert_false(key_learn(a, &two));
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
	assert_false(key_learn(a, &f));
	assert_int_equal(a->reason, REASON_KEY_MISSING);
	f = facts("one");
	f.type = KEY_NONE;
	assert_false(key_learn(a, &f));
	f = facts("");
	assert_false(key_learn(a, &f));
	assert_false(a->known);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

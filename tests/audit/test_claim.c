/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/claim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_log.h"

static struct signer real, thief, elsewhere;
static struct log whole, forked;
static struct claims claims;
static struct fault fault;
static struct text_error err;

static int
set_up(void **state)
{
	(void)state;
	signer_init(&real, LOG_ORIGIN, 1);
	signer_init(&thief, LOG_ORIGIN, 2);
	signer_init(&elsewhere, "signer2.example.org/countersign", 1);
	log_make(&whole, 30, 7, &real);
	forked = whole;
	log_replace(&forked, 3, "asked", "Asked");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	signer_release(&real);
	signer_release(&thief);
	signer_release(&elsewhere);
	return 0;
}

static int
begin(void **state)
{
	(void)state;
	memset(&claims, 0, sizeof(claims));
	return 0;
}

static int
end(void **state)
{
	(void)state;
	claims_release(&claims);
	return 0;
}

static void
give(const char *file, const struct log *log, size_t size,
    const struct signer *s)
{
	char note[CHECKPOINT_NOTE];

	log_note(log, size, s, note);
	assert_int_equal(
	    claims_add(&claims, file, note, strlen(note), &err), 0);
}

static void
expect(enum fault_kind kind, const char *file)
{
	assert_int_equal(claims_check(&claims, &fault), -1);
	assert_int_equal(fault.kind, kind);
	assert_string_equal(fault.place.file, file);
}

static void
sorts_what_is_signed(void **state)
{
	(void)state;
	assert_int_equal(claims_add_key(&claims, &real.key, &err), 0);
	give("c", &whole, 9, &real);
	give("a", &whole, 2, &real);
	give("b", &whole, 9, &real);
	assert_int_equal(claims_check(&claims, &fault), 0);
	assert_string_equal(claims.list[0]->file, "a");
	assert_int_equal(claims.list[2]->parsed.checkpoint.size, 9);
}

static void
a_key_without_a_name_signs_for_one_origin(void **state)
{
	(void)state;
	assert_int_equal(claims_add_pubkey(&claims, real.key.pubkey, &err), 0);
	give("a", &whole, 2, &real);
	assert_int_equal(claims_check(&claims, &fault), 0);
	claims.checked = false;
	give("b", &whole, 3, &elsewhere);
	expect(FAULT_ORIGIN, "b");
}

static void
finds_forks_by_themselves(void **state)
{
	(void)state;
	assert_int_equal(claims_add_key(&claims, &real.key, &err), 0);
	give("a", &whole, 3, &real);
	give("b", &forked, 3, &real);
	assert_int_equal(claims_check(&claims, &fault), 0);
	claims.checked = false;
	give("c", &whole, 4, &real);
	give("d", &forked, 4, &real);
	assert_int_equal(claims_check(&claims, &fault), -1);
	assert_int_equal(fault.kind, FAULT_FORK);
}

static void
tells_the_wrong_key_from_the_wrong_log(void **state)
{
	(void)state;
	assert_int_equal(claims_add_key(&claims, &real.key, &err), 0);
	give("a", &whole, 3, &thief);
	expect(FAULT_KEY, "a");
	end(state);
	assert_int_equal(claims_add_key(&claims, &real.key, &err), 0);
	give("b", &whole, 3, &elsewhere);
	expect(FAULT_ORIGIN, "b");
}

static void
admits_the_first_key_where_none_is_given(void **state)
{
	struct record_place place = { "log", 7 };

	(void)state;
	assert_int_equal(claims_admit(&claims, &real.key, place, 7, &fault), 0);
	assert_int_equal(
	    claims_admit(&claims, &real.key, place, 14, &fault), 0);
	assert_int_equal(
	    claims_admit(&claims, &thief.key, place, 21, &fault), -1);
	assert_int_equal(fault.kind, FAULT_KEY);
	assert_int_equal(fault.first, 21);
	assert_int_equal(
	    claims_admit(&claims, &elsewhere.key, place, 21, &fault), -1);
	assert_int_equal(fault.kind, FAULT_ORIGIN);
	assert_false(claims.keys_given);
}

static void
admits_only_given_keys(void **state)
{
	struct record_place place = { "log", 7 };

	(void)state;
	assert_int_equal(claims_add_key(&claims, &thief.key, &err), 0);
	assert_int_equal(
	    claims_admit(&claims, &real.key, place, 7, &fault), -1);
	assert_int_equal(fault.kind, FAULT_KEY);
	assert_int_equal(claims_add_key(&claims, &real.key, &err), 0);
	assert_int_equal(claims_admit(&claims, &real.key, place, 7, &fault), 0);
	assert_int_equal(
	    claims_admit(&claims, &elsewhere.key, place, 7, &fault), -1);
	assert_int_equal(fault.kind, FAULT_ORIGIN);
}

static void
refuses_too_many_and_too_much(void **state)
{
	static char large[2 * NOTE_MAX];
	char note[CHECKPOINT_NOTE];

	(void)state;
	for (size_t i = 0; i < CLAIM_KEYS; i++)
		assert_int_equal(claims_add_key(&claims, &real.key, &err), 0);
	assert_int_equal(claims_add_key(&claims, &real.key, &err), -1);
	for (size_t i = 0; i < CLAIMS_MAX; i++)
		give("a", &whole, 3, &real);
	log_note(&whole, 3, &real, note);
	assert_int_equal(
	    claims_add(&claims, "a", note, strlen(note), &err), -1);
	claims_release(&claims);
	memset(large, 'x', sizeof(large));
	assert_int_equal(
	    claims_add(&claims, "a", large, sizeof(large), &err), -1);
	assert_string_equal(err.what, "too long for a checkpoint");
	assert_int_equal(claims_add(&claims, "a", "", 0, &err), -1);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(sorts_what_is_signed),
		TEST(a_key_without_a_name_signs_for_one_origin),
		TEST(finds_forks_by_themselves),
		TEST(tells_the_wrong_key_from_the_wrong_log),
		TEST(admits_the_first_key_where_none_is_given),
		TEST(admits_only_given_keys),
		TEST(refuses_too_many_and_too_much),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

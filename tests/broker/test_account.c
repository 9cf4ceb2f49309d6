/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/account.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
sessions_of_one_key_share_an_account(void **state)
{
	struct accounts all;
	struct account *a, *b, *c;

	(void)state;
	accounts_init(&all, 2);
	a = account_get(&all, "SHA256:one");
	b = account_get(&all, "SHA256:one");
	c = account_get(&all, "SHA256:two");
	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, c);
	assert_string_equal(a->fingerprint, "SHA256:one");
	account_put(&all, a);
	assert_int_equal(b->sessions, 1);
	b->running = 3;
	assert_ptr_equal(account_get(&all, "SHA256:one"), b);
	account_put(&all, b);
	account_put(&all, b);
	account_put(&all, c);
	assert_int_equal(all.map.count, 0);
	accounts_release(&all);
}

static void
the_last_session_takes_it_away(void **state)
{
	struct accounts all;
	struct account *a;

	(void)state;
	accounts_init(&all, 2);
	a = account_get(&all, "SHA256:one");
	a->running = 7;
	account_put(&all, a);
	a = account_get(&all, "SHA256:one");
	assert_int_equal(a->running, 0);
	account_put(&all, a);
	account_put(&all, NULL);
	accounts_release(&all);
}

static void
each_token_and_class_has_a_place_of_its_own(void **state)
{
	struct accounts all;
	struct account *a, *b;

	(void)state;
	accounts_init(&all, 2);
	a = account_get(&all, "SHA256:one");
	b = account_get(&all, "SHA256:two");
	for (size_t token = 0; token < 2; token++)
		for (int c = PRIORITY_LOW; c < PRIORITY_COUNT; c++) {
			struct sched_group *g =
			    account_group(a, token, (enum priority)c);

			assert_null(g->first);
			g->first = (void *)g;
			assert_ptr_equal(
			    account_group(a, token, (enum priority)c), g);
		}
	assert_null(account_group(b, 1, PRIORITY_HIGH)->first);
	account_put(&all, a);
	account_put(&all, b);
	accounts_release(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_of_one_key_share_an_account),
		cmocka_unit_test(the_last_session_takes_it_away),
		cmocka_unit_test(each_token_and_class_has_a_place_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

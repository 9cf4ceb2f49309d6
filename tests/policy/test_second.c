/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/second.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support_tree.h"

/* All but the last letter of a key. */
#define KEY                                            \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEB" \
	"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"

static const struct texts texts = {
	.keys = "",
	.profiles = "[profile device]\n"
		    "require-second = person\n"
		    "[profile person]\n"
		    "[profile other]\n",
	.authorized = "profile=\"device\" " KEY "A build01\n"
		      "profile=\"device\" " KEY "B build02\n"
		      "profile=\"person\" " KEY "C jane\n"
		      "profile=\"other\" " KEY "D joe\n",
};

enum {
	DEVICE,
	TWIN,
	PERSON,
	STRANGER,
	NOBODY
};

static enum reason
decide(const struct tree *tree, size_t first, size_t second)
{
	struct verdict verdict;
	enum reason reason = decide_second(tree_client(tree, first),
	    second != NOBODY ? tree_client(tree, second) : NULL, &verdict);

	assert_int_equal(verdict.reason, reason);
	return reason;
}

static void
only_another_key_of_the_named_profile_will_do(void **state)
{
	struct tree *tree = good_tree(&texts);

	(void)state;
	assert_int_equal(decide(tree, DEVICE, PERSON), REASON_OK);
	assert_int_equal(decide(tree, DEVICE, NOBODY), REASON_SECOND_KEY);
	assert_int_equal(decide(tree, DEVICE, DEVICE), REASON_SECOND_KEY);
	assert_int_equal(decide(tree, DEVICE, TWIN), REASON_SECOND_KEY);
	assert_int_equal(decide(tree, DEVICE, STRANGER), REASON_SECOND_KEY);
	tree_free(tree);
}

static void
who_needs_none_is_content_with_any(void **state)
{
	struct tree *tree = good_tree(&texts);

	(void)state;
	assert_int_equal(decide(tree, PERSON, NOBODY), REASON_OK);
	assert_int_equal(decide(tree, PERSON, DEVICE), REASON_OK);
	tree_free(tree);
}

static void
the_refusal_names_its_line_and_what_is_wanted(void **state)
{
	struct tree *tree = good_tree(&texts);
	struct verdict verdict;

	(void)state;
	decide_second(tree_client(tree, DEVICE), NULL, &verdict);
	assert_string_equal(verdict.text,
	    "the profile device wants a second client key, whose profile is "
	    "person");
	assert_int_equal(verdict.rule.line, 2);
	tree_free(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_another_key_of_the_named_profile_will_do),
		cmocka_unit_test(who_needs_none_is_content_with_any),
		cmocka_unit_test(the_refusal_names_its_line_and_what_is_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

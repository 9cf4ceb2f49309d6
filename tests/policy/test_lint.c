/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/lint_clients.c */
#include "policy/lint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_tree.h"

/* 2048 bits */
#define RSA_KEY                                                        \
	"ssh-rsa "                                                     \
	"AAAAB3NzaC1yc2EAAAADAQABAAABAQCUK+W6zvs0NXPtAqywvAr7Vf/l5O8A" \
	"WfCR5eUhZ+xXOWygTuVtbNnF/0hQnoUKVmorW8YOM4z/YWDjCVK6BmFbr2Lp" \
	"HwAaN0oJ9hEtdZ32oDfNRmWgiEVpoRtqX1Kuw1o9Ir9nc6Fj07cqoR+dUJHI" \
	"u5viyrWql4u7m00GlXd4eYULPPAwxdRMnhxrVYVtkOqWfgJz8ck2op5MGoTW" \
	"bpCcINBWRkce1Q8Q0rrVkNLyBl4jLvL7ubdk6Jwjt+VJ2w3KFgqYXb+c9T01" \
	"dWWQhfrB6/39OMMhYEuCWnBp8JfbJJjuVRPAvuLpu8CCMpmooq2IcI5Apv5y" \
	"f6uXSv446oNf"
#define OTHER_KEY      \
	"ssh-ed25519 " \
	"AAAAC3NzaC1lZDI1NTE5AAAAIBm/RAlphM3+hUG6wWfcO5bIUIaqMLa2ywxcOK1wMWbh"
#define KEY "[key release]\ntoken = t\nobject = pkcs11:object=r\nuse = raw\n"
#define GOOD_KEY KEY "purpose = firmware\n"
#define GOOD_PROFILE "[profile ci]\nkeys = release\nrate = 9/1m\n"
#define GOOD_CLIENT "profile=\"ci\",from=\"10.0.0.1\" " ED25519_KEY " build01\n"
/* 2027-01-15T08:00:00Z */
#define NOW 1800000000
#define DAY 86400

static char said[8192];

static void
note(void *arg, const struct note *n)
{
	size_t used = strlen(said);

	(void)arg;
	snprintf(said + used, sizeof(said) - used, "%s:%u: %s: %s\n",
	    n->rule.file, n->rule.line, n->kind, n->text);
}

static void
assert_notes(const struct texts *texts, const char *want)
{
	const struct lint_time time = { NOW, NOW + 30 * DAY };
	struct texts filled = *texts;
	struct tree *tree;

	filled.keys = texts->keys != NULL ? texts->keys : GOOD_KEY;
	filled.profiles =
	    texts->profiles != NULL ? texts->profiles : GOOD_PROFILE;
	filled.authorized =
	    texts->authorized != NULL ? texts->authorized : GOOD_CLIENT;
	tree = good_tree(&filled);
	said[0] = '\0';
	assert_int_equal(lint(tree, &time, note, NULL), 0);
	assert_string_equal(said, want);
	tree_free(tree);
}

static void
a_tidy_tree_has_no_notes(void **state)
{
	const struct texts texts = { .keys = NULL };

	(void)state;
	assert_notes(&texts, "");
}

static void
what_ends_is_told_by_its_own_line(void **state)
{
	const struct texts gone = {
		.keys = GOOD_KEY "not-after = 2027-01-15T08:00Z\n",
	};
	const struct texts soon = {
		.profiles = GOOD_PROFILE "not-after = 2027-02-14T08:00Z\n",
	};
	const struct texts later = {
		.profiles = GOOD_PROFILE "not-after = 2027-02-14T08:00:01Z\n",
	};
	const struct texts client = {
		.authorized = "profile=\"ci\",from=\"::1\",expiry-time="
			      "\"20270101Z\" " ED25519_KEY " build01\n",
	};

	(void)state;
	assert_notes(&gone,
	    "keys.d/k.conf:6: expired: key release is not valid any more since "
	    "2027-01-15T08:00:00Z\n");
	assert_notes(&soon,
	    "profiles.d/p.conf:4: expires: profile ci is valid only until "
	    "2027-02-14T08:00:00Z\n");
	assert_notes(&later, "");
	assert_notes(&client,
	    "authorized_keys.d/a:1: expired: the client key of build01 is not "
	    "valid any more since 2027-01-01T00:00:00Z\n");
}

static void
what_nobody_uses_is_told(void **state)
{
	const struct texts texts = {
		.keys = GOOD_KEY "[key spare]\ntoken = t\n"
				 "object = pkcs11:object=s\nuse = raw\n"
				 "purpose = x\n",
		.profiles = GOOD_PROFILE "[profile empty]\n",
	};

	(void)state;
	assert_notes(&texts,
	    "keys.d/k.conf:6: unused: key spare is granted by no profile\n"
	    "profiles.d/p.conf:4: unused: no client key has profile empty\n");
}

static void
what_nobody_can_have_is_told(void **state)
{
	const struct texts texts = {
		.keys = GOOD_KEY "[key image]\ntoken = t\n"
				 "object = pkcs11:object=i\nuse = wrapped\n"
				 "purpose = x\n",
		.profiles = "[profile ci]\nkeys = release image\n"
			    "rate = 9/1m\nformats = raw\n",
	};

	(void)state;
	assert_notes(&texts,
	    "profiles.d/p.conf:2: unusable: profile ci and key image have no "
	    "format in common\n");
}

static void
one_object_under_two_names_is_told(void **state)
{
	const struct texts texts = {
		.keys = GOOD_KEY "[key again]\ntoken = t\n"
				 "object = pkcs11:object=r\nuse = raw\n"
				 "purpose = x\n",
		.profiles = "[profile ci]\nkeys = release again\n"
			    "rate = 9/1m\n",
	};

	(void)state;
	assert_notes(&texts,
	    "keys.d/k.conf:6: same-object: key again signs with the same "
	    "object as key release in keys.d/k.conf:1: what either restricts "
	    "holds for one of the names only\n");
}

static void
what_is_without_bounds_is_told(void **state)
{
	const struct texts texts = {
		.keys = KEY,
		.profiles = "[profile ci]\nkeys = release\n",
		.authorized = "profile=\"ci\" " ED25519_KEY " build01\n"
			      "profile=\"ci\" " OTHER_KEY " build02\n",
	};

	(void)state;
	assert_notes(&texts,
	    "keys.d/k.conf:1: no-purpose: key release has no purpose: nobody "
	    "is told what it is for\n"
	    "profiles.d/p.conf:1: no-budget: profile ci has neither rate nor "
	    "per-day: a stolen client key signs as much as it likes\n"
	    "authorized_keys.d/a:1: anywhere: the client key of build01 and 1 "
	    "more of profile ci may come from anywhere: neither they nor the "
	    "profile have from\n");
}

static void
a_profile_that_has_from_needs_none_on_its_lines(void **state)
{
	const struct texts texts = {
		.profiles = GOOD_PROFILE "from = 10.0.0.0/8\n",
		.authorized = "profile=\"ci\" " ED25519_KEY " build01\n",
	};

	(void)state;
	assert_notes(&texts, "");
}

static void
who_has_several_profiles_is_told_once(void **state)
{
	const struct texts texts = {
		.profiles = GOOD_PROFILE "[profile b]\nper-day = 1\n"
					 "keys = release\n",
		.authorized = GOOD_CLIENT
		"profile=\"b\",from=\"::1\" " OTHER_KEY " build01\n",
	};

	(void)state;
	assert_notes(&texts,
	    "authorized_keys.d/a:1: several-profiles: build01 has client keys "
	    "of several profiles: ci here, b in authorized_keys.d/a:2\n");
}

static void
short_rsa_is_told(void **state)
{
	const struct texts texts = {
		.authorized =
		    "profile=\"ci\",from=\"::1\" " RSA_KEY " build01\n",
	};

	(void)state;
	assert_notes(&texts,
	    "authorized_keys.d/a:1: weak: the client key of build01 is RSA "
	    "with 2048 bits; use ed25519, or at least 3072\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tidy_tree_has_no_notes),
		cmocka_unit_test(what_ends_is_told_by_its_own_line),
		cmocka_unit_test(what_nobody_uses_is_told),
		cmocka_unit_test(what_nobody_can_have_is_told),
		cmocka_unit_test(one_object_under_two_names_is_told),
		cmocka_unit_test(what_is_without_bounds_is_told),
		cmocka_unit_test(
		    a_profile_that_has_from_needs_none_on_its_lines),
		cmocka_unit_test(who_has_several_profiles_is_told_once),
		cmocka_unit_test(short_rsa_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

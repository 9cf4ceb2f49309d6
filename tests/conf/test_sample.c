/* SPDX-License-Identifier: Apache-2.0 */
/* The samples that admins start from: they must load, and mean what they say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "policy/decide.h"
#include "policy/hours.h"
#include "support_folder.h"

static struct tree *tree;

static int
load_sample(void **state)
{
	struct told told;

	if (folder_make(state) == -1)
		return -1;
	folder_copy("sshd-config/countersign.conf", "countersign.conf");
	folder_copy("keys-layout/tokens.d/demo.conf", "tokens.d/demo.conf");
	folder_copy("keys-layout/keys.d/release.conf", "keys.d/release.conf");
	folder_copy("keys-layout/keys.d/audit.conf", "keys.d/audit.conf");
	folder_copy("keys-layout/profiles.d/ci-release.conf",
	    "profiles.d/ci-release.conf");
	folder_copy(
	    "keys-layout/authorized_keys.d/build", "authorized_keys.d/build");
	tree = folder_load(&told);
	assert_string_equal(told.text, "");
	return tree == NULL ? -1 : 0;
}

static int
drop_sample(void **state)
{
	tree_free(tree);
	return folder_drop(state);
}

static void
says_the_same_as_an_empty_countersign_conf(void **state)
{
	const struct server_conf *said = tree_server(tree), *silent;
	struct tree *empty = tree_new(folder, NULL, 0);

	(void)state;
	assert_non_null(empty);
	silent = tree_server(empty);
	assert_int_equal(said->listens, silent->listens);
	assert_memory_equal(said->listen, silent->listen,
	    said->listens * sizeof(said->listen[0]));
	assert_string_equal(said->user, silent->user);
	assert_string_equal(said->host_key, silent->host_key);
	assert_string_equal(said->state_dir, silent->state_dir);
	assert_string_equal(said->run_dir, silent->run_dir);
	assert_string_equal(said->net_user, silent->net_user);
	assert_string_equal(said->broker_user, silent->broker_user);
	assert_string_equal(said->token_user, silent->token_user);
	assert_string_equal(said->audit_file, silent->audit_file);
	/* All limits are numbers, one after the other. */
	assert_memory_equal(&said->connections, &silent->connections,
	    offsetof(struct server_conf, said) -
		offsetof(struct server_conf, connections));
	tree_free(empty);
}

static const struct client_key *
client_of(const char *principal)
{
	for (size_t i = 0; i < tree_clients(tree); i++)
		if (strcmp(tree_client(tree, i)->principal, principal) == 0)
			return tree_client(tree, i);
	return NULL;
}

static enum reason
request(const char *principal, const char *address, const char *text,
    struct grant *ret)
{
	const struct moment moment = { .address = address,
		.now = 1795000000 }; /* 2026-11 */
	struct command command;
	struct verdict verdict;
	struct text_error error;

	assert_int_equal(command_parse(text, &command, &error), 0);
	return decide_request(
	    tree, client_of(principal), &command, &moment, ret, &verdict);
}

static void
lets_a_build_host_sign_with_the_release_key(void **state)
{
	struct grant grant;

	(void)state;
	assert_int_equal(
	    request("build01", "10.2.0.7", "sign", &grant), REASON_OK);
	assert_string_equal(grant.key->name, "release");
	assert_string_equal(grant.format, "raw");
	assert_int_equal(
	    request("build02", "10.2.0.7", "sign -k release", &grant),
	    REASON_OK);
	assert_int_equal(
	    request("build02", "2001:db8:2::7", "sign", &grant), REASON_OK);
}

static void
keeps_a_build_host_to_what_it_was_given(void **state)
{
	struct grant grant;

	(void)state;
	assert_int_equal(
	    request("build01", "10.3.0.7", "sign", &grant), REASON_SOURCE);
	assert_int_equal(
	    request("build01", "2001:db8:2::7", "sign", &grant), REASON_SOURCE);
	assert_int_equal(
	    request("build02", "10.2.9.1", "sign", &grant), REASON_SOURCE);
	assert_int_equal(
	    request("build01", "10.2.0.7", "sign -k nightly", &grant),
	    REASON_KEY_UNKNOWN);
	assert_int_equal(
	    request("build01", "10.2.0.7", "cert", &grant), REASON_VERB);
}

static void
lets_a_person_look_and_not_sign(void **state)
{
	struct grant grant;

	(void)state;
	assert_int_equal(request("Ada Example", "192.0.2.1",
			     "check -k nightly -f p1363", &grant),
	    REASON_OK);
	assert_int_equal(request("Ada Example", "192.0.2.1",
			     "sign -k nightly -f p1363", &grant),
	    REASON_VERB);
	assert_int_equal(request("Ada Example", "192.0.2.66",
			     "check -k nightly -f p1363", &grant),
	    REASON_SOURCE);
}

static const struct limits *
limits_of(const char *principal)
{
	return &client_of(principal)->profile->limits;
}

static void
bounds_what_a_stolen_key_can_do(void **state)
{
	const struct limits *l = limits_of("build01");
	const struct signing_key *key = tree_key_by_name(tree, "release");

	(void)state;
	assert_int_equal(l->rate.lines, 300);
	assert_int_equal(l->rate.seconds, 60);
	assert_int_equal(l->burst, 5000);
	assert_int_equal(l->per_day, 50000);
	assert_int_equal(l->concurrency, 8);
	assert_int_equal(l->repeat_window, 3600);
	assert_int_equal(l->env.count, 2);
	assert_int_equal(key->limits.per_day, 100000);
	assert_int_equal(key->limits.rate.lines, 600);
	assert_int_equal(
	    tree_key_by_name(tree, "nightly")->limits.priority, PRIORITY_LOW);
	assert_string_equal(
	    tree_profile_by_name(tree, "desk")->second, "reviewer");
}

static void
keeps_a_persons_hours(void **state)
{
	const struct hours *h = limits_of("Ada Example")->hours;

	(void)state;
	/* 2026-11-18, a Wednesday: 07:00 and 19:00 in Berlin. */
	assert_false(hours_now(h, 1794981599));
	assert_true(hours_now(h, 1794981600));
	assert_true(hours_now(h, 1795024799));
	assert_false(hours_now(h, 1795024800));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_the_same_as_an_empty_countersign_conf),
		cmocka_unit_test(lets_a_build_host_sign_with_the_release_key),
		cmocka_unit_test(keeps_a_build_host_to_what_it_was_given),
		cmocka_unit_test(lets_a_person_look_and_not_sign),
		cmocka_unit_test(bounds_what_a_stolen_key_can_do),
		cmocka_unit_test(keeps_a_persons_hours),
	};

	return cmocka_run_group_tests(tests, load_sample, drop_sample);
}

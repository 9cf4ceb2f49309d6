/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/tenants.c */
/* covers: src/policy/scope.c */
#include "policy/tenant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_tenant.h"

static const struct team good_team = {
	.keys = TEAM_KEYS,
	.profiles = TEAM_PROFILES,
	.authorized = "profile=\"ci\" " OTHER_KEY " team-build\n",
};

static enum reason
ask(const struct tree *tree, const char *profile, const char *text,
    struct grant *ret, struct verdict *verdict)
{
	const struct client_key client = {
		.profile = tree_profile_by_name(tree, profile),
	};
	const struct moment moment = { "10.2.0.7", 1795000000, NULL, NULL };
	struct text_error error;
	struct command command;

	assert_non_null(client.profile);
	assert_int_equal(command_parse(text, &command, &error), 0);
	return decide_request(tree, &client, &command, &moment, ret, verdict);
}

static void
scopes_the_names_of_a_tenants_files(void **state)
{
	struct tree *tree = tree_with_tenant(BOUNDS);
	const struct signing_key *key;
	struct told told;

	(void)state;
	add_team(tree, "team", &good_team, &told);
	assert_string_equal(told.text, "");
	key = tree_key_by_name(tree, "team/release");
	assert_non_null(key);
	assert_string_equal(key->tenant->name, "team");
	assert_null(tree_key_by_name(tree, "release")->tenant);
	assert_string_equal(tree_profile_by_name(tree, "team/ci")->keys.item[0],
	    "team/release");
	assert_int_equal(tree_clients(tree), 2);
	assert_string_equal(tree_client(tree, 1)->profile->name, "team/ci");
	tree_free(tree);
}

static void
knows_a_tenants_key_by_its_short_and_its_full_name(void **state)
{
	static const char *const commands[] = { "sign", "sign -k release",
		"sign -k team/release", "pubkey release",
		"pubkey team/release" };
	struct tree *tree = tree_with_tenant(BOUNDS);
	struct verdict verdict;
	struct grant grant;
	struct told told;

	(void)state;
	assert_int_equal(add_team(tree, "team", &good_team, &told), 0);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		assert_int_equal(
		    ask(tree, "team/ci", commands[i], &grant, &verdict),
		    REASON_OK);
		assert_string_equal(grant.key->name, "team/release");
	}
	/* The tree's own `release' is another key, and not granted. */
	assert_int_equal(
	    ask(tree, "ci", "sign -k release", &grant, &verdict), REASON_OK);
	assert_string_equal(grant.key->name, "release");
	assert_int_equal(
	    ask(tree, "ci", "sign -k team/release", &grant, &verdict),
	    REASON_KEY_UNKNOWN);
	assert_int_equal(
	    ask(tree, "team/ci", "sign -k image", &grant, &verdict),
	    REASON_KEY_UNKNOWN);
	tree_free(tree);
}

static void
finds_a_tenants_names_in_the_tenant_only(void **state)
{
	static const struct {
		struct team team;
		const char *told;
	} cases[] = {
		{ { .profiles = "[profile ci]\nkeys = image\n" },
		    "tenants/team/profiles.d/p.conf:2: profile team/ci: there "
		    "is no key team/image\n" },
		{ { .authorized = "profile=\"ci\" " OTHER_KEY " b\n" },
		    "tenants/team/authorized_keys.d/a:1: there is no profile "
		    "ci\n" },
		{ { .profiles = "[profile ci]\nkeys = team/release\n" },
		    "tenants/team/profiles.d/p.conf:2: keys: \"team/release\" "
		    "is not a name\n" },
		{ { .keys = "[token x]\n" },
		    "tenants/team/keys.d/k.conf:1: section [token] belongs in "
		    "tokens.d\n" },
		{ { .keys = "[key a/b]\n" },
		    "tenants/team/keys.d/k.conf:1: \"a/b\" is not a name: "
		    "letters, digits, '.', '_' and '-', at most 63, the first "
		    "a letter or digit\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tree *tree = tree_with_tenant(BOUNDS);
		struct told told;

		assert_int_equal(
		    add_team(tree, "team", &cases[i].team, &told), 1);
		assert_string_equal(told.text, cases[i].told);
		tree_free(tree);
	}
}

static void
bounds_a_name_with_its_tenants(void **state)
{
	static const char longest[] =
	    "[key a23456789012345678901234567890123456789012345678901234567x]\n"
	    "token = t\nobject = pkcs11:object=team-1\nuse = raw\n";
	struct tree *tree = tree_with_tenant(BOUNDS);
	char longer[sizeof(longest) + 1] = "[key a";
	struct team team = { .keys = longest };
	struct told told;

	(void)state;
	assert_int_equal(add_team(tree, "team", &team, &told), 0);
	strcat(longer, longest + 5);
	team.keys = longer;
	assert_int_equal(add_team(tree, "team", &team, &told), 1);
	assert_non_null(strstr(told.text, "is too long: with its tenant's"));
	tree_free(tree);
}

static void
takes_out_all_that_a_bad_tenant_added(void **state)
{
	static const struct team nested = {
		.keys = TEAM_KEYS,
		.profiles = TEAM_PROFILES,
		.authorized = "profile=\"ci\" " OTHER_KEY " b\n",
		.tenants = "[tenant sub]\nowner = nobody\n",
	};
	struct tree *tree = tree_with_tenant(BOUNDS);
	struct told told;

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		assert_int_equal(add_team(tree, "team", &nested, &told), 0);
		assert_int_equal(tree_tenants(tree), 2);
		tree_undo(tree);
		assert_int_equal(tree_keys(tree), 2);
		assert_int_equal(tree_profiles(tree), 1);
		assert_int_equal(tree_clients(tree), 1);
		assert_int_equal(tree_tenants(tree), 1);
		assert_null(tree_key_by_name(tree, "team/release"));
		assert_null(tree_profile_by_name(tree, "team/ci"));
		assert_null(tree_tenant_by_name(tree, "team/sub"));
	}
	assert_int_equal(add_team(tree, "team", &good_team, &told), 0);
	assert_non_null(tree_key_by_name(tree, "team/release"));
	assert_non_null(tree_key_by_name(tree, "release"));
	tree_free(tree);
}

static void
refuses_a_tenant_that_is_badly_said(void **state)
{
	static const struct {
		const char *file, *text, *told;
	} cases[] = {
		{ "team.conf", "[tenant team]\ntokens = t\n",
		    "tenants.d/team.conf:1: tenant team has no owner: the user "
		    "that its files belong to\n" },
		{ "other.conf", "[tenant team]\nowner = nobody\n",
		    "tenants.d/other.conf:1: tenant team must stand in a file "
		    "of its own, team.conf\n" },
		{ "team.conf", "[tenant team]\nowner = a b\n",
		    "tenants.d/team.conf:2: owner: \"a b\" is not a user's "
		    "name\n" },
		{ "team.conf", "[tenant team]\nowner = me\ntokens = t u\n",
		    "tenants.d/team.conf:3: there is no token u\n" },
		{ "team.conf", "[tenant team]\nowner = me\nuses = audit\n",
		    "tenants.d/team.conf:3: uses must be raw and wrapped, not "
		    "\"audit\"\n" },
		{ "team.conf", "[key k]\n",
		    "tenants.d/team.conf:1: section [key] belongs in keys.d\n" },
	};
	static const struct texts texts = { .server = NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tree *tree = good_tree(&texts);
		struct told told = { .count = 0 };
		char file[64];

		snprintf(file, sizeof(file), "tenants.d/%s", cases[i].file);
		tree_add(tree, TREE_TENANTS, file, cases[i].text,
		    strlen(cases[i].text), told_add, &told);
		assert_string_equal(told.text, cases[i].told);
		tree_free(tree);
	}
}

static void
holds_tenants_so_deep_and_no_deeper(void **state)
{
	static const struct team team = {
		.tenants = "[tenant sub]\nowner = nobody\n",
	};
	struct tree *tree = tree_with_tenant(BOUNDS);
	char name[NAME_SIZE] = "team", folder[TENANT_PATH_SIZE];
	struct told told;

	(void)state;
	for (unsigned depth = 2; depth <= TENANT_DEPTH_MAX; depth++) {
		assert_int_equal(add_team(tree, name, &team, &told), 0);
		strcat(name, "/sub");
		assert_non_null(tree_tenant_by_name(tree, name));
	}
	tenant_folder(tree_tenant_by_name(tree, "team/sub/sub"), folder);
	assert_string_equal(folder, "tenants/team/tenants/sub/tenants/sub");
	assert_int_equal(add_team(tree, name, &team, &told), 1);
	assert_non_null(strstr(told.text, "tenants may hold tenants 4 deep"));
	assert_true(tenant_within(tree_tenant_by_name(tree, "team/sub/sub"),
	    tree_tenant_by_name(tree, "team")));
	assert_false(tenant_within(tree_tenant_by_name(tree, "team"),
	    tree_tenant_by_name(tree, "team/sub")));
	tree_free(tree);
}

static void
bounds_how_much_one_tenant_may_have(void **state)
{
	static char text[(TENANT_KEYS_MAX + 1) * 80];
	struct tree *tree = tree_with_tenant(BOUNDS);
	struct team team = { .keys = text };
	struct told told;
	size_t used = 0;

	(void)state;
	for (unsigned i = 0; i < TENANT_KEYS_MAX; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "[key k%u]\ntoken = t\nobject = pkcs11:object=team-1\n"
		    "use = raw\n",
		    i);
	assert_int_equal(add_team(tree, "team", &team, &told), 0);
	tree_undo(tree);
	snprintf(text + used, sizeof(text) - used, "[key one-more]\n");
	assert_int_equal(add_team(tree, "team", &team, &told), 1);
	assert_non_null(
	    strstr(told.text, "a tenant may not have more than 1000 of these"));
	tree_free(tree);
}

/* The tree that was in force says whose a client key is. */
static void
lets_no_tenant_take_a_client_key_from_another(void **state)
{
	struct tree *before = tree_with_tenant(BOUNDS);
	struct tree *tree = tree_with_tenant(BOUNDS);
	static const char other[] = "[tenant other]\nowner = nobody\n";
	static const char line[] = "profile=\"p\" " OTHER_KEY " thief\n";
	struct told told;

	(void)state;
	add_team(before, "team", &good_team, &told);
	tree_enter(tree, NULL, NULL);
	tree_add(tree, TREE_TENANTS, "tenants.d/other.conf", other,
	    strlen(other), told_add, &told);
	tree_enter(tree, tree_tenant_by_name(tree, "other"), before);
	tree_add(tree, TREE_PROFILES, "tenants/other/profiles.d/p.conf",
	    "[profile p]\n", 12, told_add, &told);
	assert_int_equal(told.count, 0);
	tree_add(tree, TREE_AUTHORIZED, "tenants/other/authorized_keys.d/a",
	    line, strlen(line), told_add, &told);
	assert_string_equal(told.text,
	    "tenants/other/authorized_keys.d/a:1: the key is already listed "
	    "by somebody else\n");
	/* Who has it keeps it, and may move it. */
	assert_int_equal(add_team(tree, "team", &good_team, &told), 0);
	tree_free(tree);
	tree_free(before);
}

static void
keeps_certificates_in_the_tenants_folder(void **state)
{
	struct tree *tree = tree_with_tenant(BOUNDS);
	const struct tenant *team = tree_tenant_by_name(tree, "team");
	char path[TENANT_PATH_SIZE];

	(void)state;
	assert_int_equal(
	    tenant_path(tree, team,
		"/etc/cs/tenants/team/keys.d/../certs/./a.pem", path),
	    0);
	assert_string_equal(path, "tenants/team/certs/a.pem");
	assert_int_equal(tenant_path(tree, team, "/etc/shadow", path), -1);
	assert_int_equal(
	    tenant_path(tree, team, "/etc/cs/tenants/team", path), -1);
	assert_int_equal(
	    tenant_path(tree, team, "/etc/cs/tenants/teamster/a", path), -1);
	assert_int_equal(tenant_path(tree, team,
			     "/etc/cs/tenants/team/../other/a.pem", path),
	    -1);
	assert_int_equal(tenant_path(tree, team,
			     "/etc/cs/tenants/team/x/../../../../../e", path),
	    -1);
	tree_free(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scopes_the_names_of_a_tenants_files),
		cmocka_unit_test(
		    knows_a_tenants_key_by_its_short_and_its_full_name),
		cmocka_unit_test(finds_a_tenants_names_in_the_tenant_only),
		cmocka_unit_test(bounds_a_name_with_its_tenants),
		cmocka_unit_test(takes_out_all_that_a_bad_tenant_added),
		cmocka_unit_test(refuses_a_tenant_that_is_badly_said),
		cmocka_unit_test(holds_tenants_so_deep_and_no_deeper),
		cmocka_unit_test(bounds_how_much_one_tenant_may_have),
		cmocka_unit_test(lets_no_tenant_take_a_client_key_from_another),
		cmocka_unit_test(keeps_certificates_in_the_tenants_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

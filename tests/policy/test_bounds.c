/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/bounds_limits.c */
#include "policy/bounds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_tenant.h"

#define K "tenants/team/keys.d/k.conf"
#define P "tenants/team/profiles.d/p.conf"
#define T "tenants/team/tenants.d/sub.conf"

/* One word of the tenant, what it lets through, and what it does not. */
struct bound {
	const char *tenant;
	const char *good, *bad; /* lines of key k, profile p or tenant sub */
	const char *told;
};

static struct tree *
bounded_by(const char *words)
{
	char text[512];

	snprintf(text, sizeof(text), BOUNDS "%s\n", words);
	return tree_with_tenant(text);
}

static void
put_section(char ret[512], const char *file, const char *line)
{
	if (strcmp(file, K) == 0)
		snprintf(ret, 512,
		    "[key k]\ntoken = t\nobject = pkcs11:object=team-1\n"
		    "use = raw\n%s\n",
		    line);
	else if (strcmp(file, P) == 0)
		snprintf(ret, 512, "[profile p]\n%s\n", line);
	else
		snprintf(ret, 512, "[tenant sub]\nowner = me\n%s\n", line);
}

static void
add_line(
    struct tree *tree, const char *file, const char *line, struct told *told)
{
	struct team team = { .keys = NULL };
	char text[512];

	put_section(text, file, line);
	if (strcmp(file, K) == 0)
		team.keys = text;
	else if (strcmp(file, P) == 0)
		team.profiles = text;
	else
		team.tenants = text;
	add_team(tree, "team", &team, told);
	tree_undo(tree);
}

static void
assert_bound(const struct bound *b, const char *file)
{
	struct tree *tree = bounded_by(b->tenant);
	struct told told;
	char expected[512];

	add_line(tree, file, b->good, &told);
	assert_string_equal(told.text, "");
	add_line(tree, file, b->bad, &told);
	snprintf(expected, sizeof(expected), "%s:%s\n", file, b->told);
	assert_string_equal(told.text, expected);
	tree_free(tree);
}

static void
holds_each_ceiling_at_its_boundary(void **state)
{
	static const struct bound bounds[] = {
		{ "max-lines = 100", "max-lines = 100", "max-lines = 101",
		    "max-lines is over the 100 of tenant team" },
		{ "per-day = 7", "per-day = 7", "per-day = 8",
		    "per-day is over the 7 of tenant team" },
		{ "concurrency = 2", "concurrency = 2", "concurrency = 3",
		    "concurrency is over the 2 of tenant team" },
		{ "rate = 60/1m", "rate = 1/1s", "rate = 61/1m",
		    "rate is over the 60/60s of tenant team" },
		{ "rate = 60/1m", "rate = 3600/1h", "rate = 3601/1h",
		    "rate is over the 60/60s of tenant team" },
		{ "priority = normal", "priority = normal", "priority = high",
		    "priority is above that of tenant team" },
		{ "priority = low", "priority = low", "priority = normal",
		    "priority is above that of tenant team" },
		{ "formats = raw p1363", "formats = p1363", "formats = raw-pss",
		    "format raw-pss is not among those of tenant team" },
		{ "hashes = sha256 sha384", "hashes = sha384",
		    "hashes = sha384, sha512",
		    "hash sha512 is not among those of tenant team" },
	};
	static const struct {
		const char *file, *what;
		unsigned line;
	} kinds[] = { { K, "key team/k", 5 }, { P, "profile team/p", 2 },
		{ T, "tenant team/sub", 3 } };
	char told[256];

	(void)state;
	for (size_t k = 0; k < 3; k++)
		for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]);
		     i++) {
			struct bound b = bounds[i];

			snprintf(told, sizeof(told), "%u: %s: %s",
			    kinds[k].line, kinds[k].what, b.told);
			b.told = told;
			assert_bound(&b, kinds[k].file);
		}
}

static void
holds_a_burst_to_the_rates_lines(void **state)
{
	static const struct bound bounds[] = {
		{ "rate = 60/1m", "rate = 1/1m\nburst = 60",
		    "rate = 1/1m\nburst = 61",
		    "3: profile team/p: burst is over the 60 of tenant team" },
		{ "rate = 60/1m\nburst = 5", "rate = 1/1m\nburst = 5",
		    "rate = 1/1m\nburst = 6",
		    "3: profile team/p: burst is over the 5 of tenant team" },
	};

	(void)state;
	assert_bound(&bounds[0], P);
	assert_bound(&bounds[1], P);
}

static void
lets_a_key_name_granted_tokens_and_objects_only(void **state)
{
	static const struct {
		const char *bounds, *key, *told;
	} cases[] = {
		{ "owner = me\nobjects = *\n",
		    "token = t\nobject = pkcs11:object=a\nuse = raw\n",
		    "2: key team/k: token t is not among those of tenant "
		    "team\n" },
		{ "owner = me\ntokens = t\n",
		    "token = t\nobject = pkcs11:object=a\nuse = raw\n",
		    "3: key team/k: object a is not among those of tenant "
		    "team\n" },
		{ "owner = me\ntokens = t\nobjects = team-*\n",
		    "token = t\nobject = pkcs11:object=tea%6d1\nuse = raw\n",
		    "3: key team/k: object team1 is not among those of tenant "
		    "team\n" },
		{ "owner = me\ntokens = t\nobjects = *\n",
		    "token = t\nobject = pkcs11:id=%01\nuse = raw\n",
		    "3: key team/k: in a tenant the URI must have object=, a "
		    "label that the tenant may name\n" },
		{ "owner = me\ntokens = t\nobjects = a\nuses = wrapped\n",
		    "token = t\nobject = pkcs11:object=a\nuse = raw\n",
		    "4: key team/k: use = raw is not among the uses of tenant "
		    "team\n" },
		{ "owner = me\ntokens = t\nobjects = a\n",
		    "token = t\nobject = pkcs11:object=a\nuse = audit\n",
		    "4: use = audit: the log's key is no tenant's\n" },
		{ "owner = me\ntokens = t\nobjects = a\n",
		    "token = t\nobject = pkcs11:object=a\nuse = raw\n"
		    "allow-extractable = yes\n",
		    "5: allow-extractable may not stand in a tenant\n" },
		{ "owner = me\ntokens = t\nobjects = a\n",
		    "token = t\nobject = pkcs11:object=a\nuse = raw\n"
		    "allow-short-rsa = yes\n",
		    "5: allow-short-rsa may not stand in a tenant\n" },
		{ "owner = me\ntokens = t\nobjects = a\n",
		    "token = t\nobject = pkcs11:object=a\nuse = raw\n"
		    "allow-expired-certificate = yes\ncertificate = c.pem\n",
		    "5: allow-expired-certificate may not stand in a "
		    "tenant\n" },
		{ "owner = me\ntokens = t\nobjects = a\n",
		    "token = t\nobject = pkcs11:object=a\nuse = raw\n"
		    "certificate = /etc/shadow\n",
		    "5: certificate: the file must be in the tenant's "
		    "folder\n" },
		{ "owner = me\ntokens = t\nobjects = a\n",
		    "token = t\nobject = pkcs11:object=a\nuse = raw\n"
		    "[generation g]\nkey = k\nobject = pkcs11:object=b\n"
		    "start = 2030-01-01\n",
		    "7: key team/k: object b is not among those of tenant "
		    "team\n" },
		{ "owner = me\nobjects = *\n",
		    "token = t\nuse = raw\n"
		    "[generation g]\nkey = k\nobject = pkcs11:object=b\n"
		    "start = 2030-01-01\n",
		    "2: key team/k: token t is not among those of tenant "
		    "team\n" },
		{ "owner = me\ntokens = t\nobjects = *\n",
		    "token = t\nuse = raw\n"
		    "[generation g]\nkey = k\nobject = pkcs11:object=b\n"
		    "start = 2030-01-01\nallow-short-rsa = yes\n",
		    "8: allow-short-rsa may not stand in a tenant\n" },
		{ "owner = me\ntokens = t\nobjects = *\n",
		    "token = t\nobject = pkcs11:object=a\nuse = raw\n"
		    "[generation g]\nkey = release\n"
		    "object = pkcs11:object=b\nstart = 2030-01-01\n",
		    "6: generation team/g: there is no key team/release\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tree *tree = tree_with_tenant(cases[i].bounds);
		struct team team = { .keys = NULL };
		char text[512], expected[512];
		struct told told;

		snprintf(text, sizeof(text), "[key k]\n%s", cases[i].key);
		team.keys = text;
		add_team(tree, "team", &team, &told);
		snprintf(expected, sizeof(expected), K ":%s", cases[i].told);
		assert_string_equal(told.text, expected);
		tree_free(tree);
	}
}

static void
takes_a_label_that_is_written_in_any_way(void **state)
{
	static const char *const objects[] = { "pkcs11:object=team-1",
		"pkcs11:object=%74eam-x", "pkcs11:id=%01;object=team-",
		"pkcs11:type=private;object=team-a%2ab" };

	(void)state;
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		struct tree *tree = tree_with_tenant(BOUNDS);
		struct team team = { .keys = NULL };
		struct told told;
		char text[256];

		snprintf(text, sizeof(text),
		    "[key k]\ntoken = t\nobject = %s\nuse = wrapped\n",
		    objects[i]);
		team.keys = text;
		add_team(tree, "team", &team, &told);
		assert_string_equal(told.text, "");
		tree_free(tree);
	}
}

static void
keeps_what_is_others_from_a_profile(void **state)
{
	static const char *const refused[][2] = {
		{ "log = all",
		    "1: log = all: others' records are not a tenant's to "
		    "show\n" },
		{ "digests-from = /etc/passwd",
		    "2: digests-from may not stand in a tenant\n" },
		{ "digests-from = !/bin/true",
		    "2: digests-from may not stand in a tenant\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct tree *tree = tree_with_tenant(BOUNDS);
		char expected[256];
		struct told told;

		add_line(tree, P, refused[i][0], &told);
		snprintf(expected, sizeof(expected), P ":%s", refused[i][1]);
		assert_string_equal(told.text, expected);
		tree_free(tree);
	}
}

static void
lowers_a_priority_that_is_not_given(void **state)
{
	static const struct team team = {
		.keys = TEAM_KEYS,
		.profiles = TEAM_PROFILES,
	};
	struct tree *tree = bounded_by("priority = low");
	struct told told;

	(void)state;
	assert_int_equal(add_team(tree, "team", &team, &told), 0);
	assert_int_equal(tree_profile_by_name(tree, "team/ci")->limits.priority,
	    PRIORITY_LOW);
	tree_free(tree);
	tree = bounded_by("priority = normal");
	assert_int_equal(add_team(tree, "team", &team, &told), 0);
	assert_int_equal(tree_profile_by_name(tree, "team/ci")->limits.priority,
	    PRIORITY_NONE);
	tree_free(tree);
}

static void
lets_a_tenant_inside_have_no_more_than_the_one_around(void **state)
{
	static const char *const cases[][2] = {
		{ "objects = other",
		    "3: tenant team/sub: object other is not among those of "
		    "tenant team\n" },
		{ "uses = raw",
		    "3: tenant team/sub: use raw is not among those of tenant "
		    "team\n" },
		{ "tokens = u",
		    "3: tenant team/sub: token u is not among those of tenant "
		    "team\n" },
		{ "notify = x",
		    "1: tenant team/sub: notify is for keys and profiles\n" },
	};
	static const struct texts texts = {
		.tokens = "[token t]\nmodule = /m.so\ntoken = demo\n"
			  "pin-file = pin\n"
			  "[token u]\nmodule = /m.so\ntoken = other\n"
			  "pin-file = pin\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static const char bounds[] =
		    "[tenant team]\n" BOUNDS "uses = wrapped\n";
		struct tree *tree = good_tree(&texts);
		char expected[256];
		struct told told = { .count = 0 };

		tree_add(tree, TREE_TENANTS, "tenants.d/team.conf", bounds,
		    strlen(bounds), told_add, &told);
		assert_int_equal(told.count, 0);
		add_line(tree, T, cases[i][0], &told);
		snprintf(expected, sizeof(expected), T ":%s", cases[i][1]);
		assert_string_equal(told.text, expected);
		tree_free(tree);
	}
}

/* What a pattern may stand for is found with each key, at every level. */
static void
asks_all_tenants_around_a_key(void **state)
{
	static const struct team team = {
		.tenants = "[tenant sub]\nowner = me\ntokens = t\n"
			   "objects = *\n",
	};
	static const struct team sub = {
		.keys = "[key k]\ntoken = t\nobject = pkcs11:object=other\n"
			"use = raw\n",
	};
	struct tree *tree = tree_with_tenant(BOUNDS);
	struct told told;

	(void)state;
	assert_int_equal(add_team(tree, "team", &team, &told), 0);
	add_team(tree, "team/sub", &sub, &told);
	assert_string_equal(told.text,
	    "tenants/team/tenants/sub/keys.d/k.conf:3: key team/sub/k: object "
	    "other is not among those of tenant team\n");
	tree_free(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_each_ceiling_at_its_boundary),
		cmocka_unit_test(holds_a_burst_to_the_rates_lines),
		cmocka_unit_test(
		    lets_a_key_name_granted_tokens_and_objects_only),
		cmocka_unit_test(takes_a_label_that_is_written_in_any_way),
		cmocka_unit_test(keeps_what_is_others_from_a_profile),
		cmocka_unit_test(lowers_a_priority_that_is_not_given),
		cmocka_unit_test(
		    lets_a_tenant_inside_have_no_more_than_the_one_around),
		cmocka_unit_test(asks_all_tenants_around_a_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

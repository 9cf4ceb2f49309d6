/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounds only narrow: whatever is allowed in a tenant inside of another one is
 * allowed in the outer one, too, whatever the bounds of the inner one say.
 *
 * COUNTERSIGN_SEED repeats a run; each failure tells its seed.
 */
/* covers: src/policy/tenant.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "support_tenant.h"

#define RUNS 300
#define ASKED 40

static const struct {
	const char *word;
	const char *value[3];
} words[] = {
	{ "from", { "10.0.0.0/8", "10.2.0.0/16", "*, !10.2.*" } },
	{ "hours",
	    { "Mon-Fri 08:00-18:00 UTC", "Sat-Sun 00:00-24:00 UTC",
		"Mon-Sun 06:00-12:00 UTC" } },
	{ "not-before", { "2026-12-01", "2027-01-15", "2025-01-01" } },
	{ "not-after", { "2027-12-31", "2027-02-01", "2040-01-01" } },
	{ "verbs", { "sign", "check", "sign check" } },
	{ "formats", { "raw", "p1363", "raw p1363" } },
	{ "hashes", { "sha256", "sha512", "sha256 sha384" } },
	{ "names", { "*.bin", "dist/*", "*" } },
	{ "max-lines", { "1", "3", "10" } },
};
#define WORDS (sizeof(words) / sizeof(words[0]))

static unsigned
pick(unsigned below)
{
	return (unsigned)random() % below;
}

static void
random_bounds(char ret[1024], const char *head)
{
	size_t used = (size_t)snprintf(ret, 1024, "%s", head);

	for (size_t i = 0; i < WORDS; i++)
		if (pick(3) == 0)
			used += (size_t)snprintf(ret + used, 1024 - used,
			    "%s = %s\n", words[i].word,
			    words[i].value[pick(3)]);
}

struct request {
	struct moment moment;
	const char *command;
	enum hash hash;
	uint64_t number;
	const char *name;
};

static struct request
random_request(void)
{
	static const char *const addresses[] = { "10.2.0.7", "10.9.0.1",
		"192.0.2.1", "2001:db8::1" };
	static const char *const commands[] = { "sign -f raw", "sign -f p1363",
		"check -f raw", "sign -f raw-pss" };
	static const char *const names[] = { "fw.bin", "dist/x.tar", "" };
	static const enum hash hashes[] = { HASH_SHA256, HASH_SHA384,
		HASH_SHA512 };

	return (struct request){
		.moment = { addresses[pick(4)],
		    1795000000 + (int64_t)pick(40000000), NULL, NULL },
		.command = commands[pick(4)],
		.hash = hashes[pick(3)],
		.number = 1 + pick(12),
		.name = names[pick(3)],
	};
}

static bool
allows(const struct tree *tree, const char *profile, const struct request *r)
{
	const struct client_key client = {
		.profile = tree_profile_by_name(tree, profile),
	};
	struct text_error error;
	struct verdict verdict;
	struct command command;
	struct grant grant;

	assert_non_null(client.profile);
	assert_int_equal(command_parse(r->command, &command, &error), 0);
	return decide_request(tree, &client, &command, &r->moment, &grant,
		   &verdict) == REASON_OK &&
	    decide_line(&grant, &r->moment, r->number, r->hash, r->name,
		&verdict) == REASON_OK;
}

/* What the inner one allowed in how many cases. */
static unsigned
run(unsigned seed)
{
	char bounds[1024], inner[1024];
	struct team team = { .keys = TEAM_KEYS, .profiles = TEAM_PROFILES };
	struct tree *tree;
	struct told told;
	unsigned allowed = 0;

	srandom(seed);
	random_bounds(bounds, BOUNDS);
	tree = tree_with_tenant(bounds);
	random_bounds(inner, "[tenant sub]\n" BOUNDS);
	team.tenants = inner;
	/* Bounds that are refused would narrow as well: nothing is undone. */
	add_team(tree, "team", &team, &told);
	team.tenants = NULL;
	add_team(tree, "team/sub", &team, &told);
	for (unsigned i = 0; i < ASKED; i++) {
		struct request r = random_request();

		if (!allows(tree, "team/sub/ci", &r))
			continue;
		allowed++;
		if (!allows(tree, "team/ci", &r))
			fail_msg("seed %u: only the inner one allows it", seed);
	}
	tree_free(tree);
	return allowed;
}

static void
never_allows_inside_what_is_refused_around(void **state)
{
	const char *given = getenv("COUNTERSIGN_SEED");
	unsigned first = (unsigned)time(NULL), allowed = 0;

	(void)state;
	if (given != NULL) {
		run((unsigned)strtoul(given, NULL, 10));
		return;
	}
	for (unsigned i = 0; i < RUNS; i++)
		allowed += run(first + i);
	/* Otherwise the test would say nothing. */
	assert_true(allowed > RUNS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_allows_inside_what_is_refused_around),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

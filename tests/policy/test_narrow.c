/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Restrictions only take away: random trees and requests, and one word more.
 * Whatever the narrower tree allows, the other one allows, too.
 *
 * COUNTERSIGN_SEED repeats a run; each failure tells its seed.
 */
/* covers: src/policy/decide.c src/policy/layer.c src/policy/budget.c */
#include "policy/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "support_tree.h"

#define RUNS 300
#define ASKED 40

/* Words that restrict, each with values; a section takes a word once.  A key
 * without `hashes' allows three: only those are narrower. */
static const struct {
	const char *word;
	const char *value[4];
} words[] = {
	{ "from",
	    { "10.0.0.0/8", "10.2.0.0/16 2001:db8::/32", "*, !10.2.*",
		"::ffff:10.2.0.0/112" } },
	{ "hours",
	    { "Mon-Fri 08:00-18:00 CET-1CEST,M3.5.0,M10.5.0/3",
		"Sat-Sun 00:00-24:00 UTC",
		"EST5EDT,M3.2.0,M11.1.0 Mon-Sun 22:00-06:00",
		"Wed 00:00-12:00, Thu 12:00-24:00 <+0545>-5:45" } },
	{ "not-before",
	    { "2026-12-01", "2027-01-15", "2027-06-01T12:00:00Z",
		"2025-01-01" } },
	{ "not-after",
	    { "2027-12-31", "2028-02-29", "2027-07-01T12:00:30Z",
		"2040-01-01" } },
	{ "verbs", { "sign", "check", "sign check", "pubkey cert" } },
	{ "formats", { "raw", "p1363", "raw p1363", "raw-pss raw" } },
	{ "hashes", { "sha256", "sha512", "sha256 sha384", "sha384 sha512" } },
	{ "names", { "*.bin", "dist/* *.tar", "[a-m]*", "*" } },
	{ "max-lines", { "1", "3", "10", "100000" } },
	{ "rate", { "1/1m", "10/s", "100/1h", "3/7s" } },
	{ "per-day", { "1", "5", "20", "1000" } },
};
#define WORDS (sizeof(words) / sizeof(words[0]))

/* Which value each word has, 0: none. */
struct section {
	unsigned value[WORDS];
};

static unsigned
below(unsigned limit)
{
	return (unsigned)random() % limit;
}

static void
write_section(const struct section *s, const char *head, char *ret, size_t size)
{
	size_t used = (size_t)snprintf(ret, size, "%s", head);

	for (size_t i = 0; i < WORDS; i++)
		if (s->value[i] != 0)
			used += (size_t)snprintf(ret + used, size - used,
			    "%s = %s\n", words[i].word,
			    words[i].value[s->value[i] - 1]);
}

/* NULL: the words do not go together. */
static struct tree *
tree_from(const struct section *key, const struct section *profile)
{
	char keys[2048], profiles[2048];
	const struct texts texts = { .keys = keys, .profiles = profiles };
	struct told told;
	struct tree *tree;

	write_section(key,
	    "[key release]\ntoken = t\nobject = pkcs11:object=release\n"
	    "use = raw\n",
	    keys, sizeof(keys));
	write_section(profile, "[profile ci]\nkeys = release\n", profiles,
	    sizeof(profiles));
	tree = tree_of(&texts, &told);
	if (told.count == 0)
		return tree;
	tree_free(tree);
	return NULL;
}

static struct section
random_section(unsigned one_in)
{
	struct section s;

	for (size_t i = 0; i < WORDS; i++)
		s.value[i] = below(one_in) == 0 ? 1 + below(4) : 0;
	return s;
}

/* False where the section has each word already. */
static bool
narrow(struct section *s)
{
	size_t first = below(WORDS);

	for (size_t i = 0; i < WORDS; i++) {
		unsigned *value = &s->value[(first + i) % WORDS];

		if (*value != 0)
			continue;
		*value = 1 + below(4);
		return true;
	}
	return false;
}

struct question {
	struct command command;
	struct moment moment;
	uint64_t number;
	enum hash hash;
	const char *name;
};

static struct question
random_question(void)
{
	static const char *const commands[] = { "sign -k release -f raw",
		"sign -k release -f p1363", "sign -k release -f raw-pss",
		"sign -k release -f raw --hash sha512",
		"check -k release -f raw", "pubkey release", "cert release" };
	static const char *const addresses[] = { "10.2.0.7", "10.3.0.1",
		"::ffff:10.2.0.7", "2001:db8::1", "192.0.2.1", "::1" };
	static const char *const names[] = { "", "fw.bin", "dist/a", "x.tar",
		"zebra" };
	static const uint64_t numbers[] = { 1, 2, 4, 11, 100001 };
	struct question q = {
		.number = numbers[below(5)],
		.hash = HASH_SHA256 + below(4),
		.name = names[below(5)],
	};
	struct text_error error;

	assert_int_equal(
	    command_parse(commands[below(7)], &q.command, &error), 0);
	q.moment.address = addresses[below(6)];
	/* Within two years from 2026-11-01, seconds and all. */
	q.moment.now = 1793491200 + (int64_t)below(730 * 86400);
	return q;
}

static bool
allowed(const struct tree *tree, const struct question *q)
{
	struct verdict verdict;
	struct grant grant;

	if (decide_request(tree, tree_client(tree, 0), &q->command, &q->moment,
		&grant, &verdict) != REASON_OK)
		return false;
	if (q->command.verb != VERB_SIGN && q->command.verb != VERB_CHECK)
		return true;
	return decide_line(&grant, &q->moment, q->number, q->hash, q->name,
		   &verdict) == REASON_OK;
}

static unsigned
first_seed(void)
{
	const char *seed = getenv("COUNTERSIGN_SEED");

	return seed != NULL ? (unsigned)strtoul(seed, NULL, 10) :
			      (unsigned)time(NULL);
}

/* Counts what was allowed, so that a test of nothing is noticed. */
static unsigned
compare(const struct tree *wide, const struct tree *narrower, unsigned seed)
{
	unsigned count = 0;

	for (int i = 0; i < ASKED; i++) {
		struct question q = random_question();

		if (!allowed(narrower, &q))
			continue;
		count++;
		if (!allowed(wide, &q))
			fail_msg("COUNTERSIGN_SEED=%u: a word more allows "
				 "more",
			    seed);
	}
	return count;
}

static unsigned
run(unsigned seed)
{
	struct section key, profile;
	struct tree *wide, *narrower = NULL;
	unsigned count = 0;
	bool more;

	srandom(seed);
	key = random_section(8);
	profile = random_section(6);
	wide = tree_from(&key, &profile);
	more = below(2) == 0 ? narrow(&key) : narrow(&profile);
	if (more)
		narrower = tree_from(&key, &profile);
	if (wide != NULL && narrower != NULL)
		count = compare(wide, narrower, seed);
	tree_free(wide);
	tree_free(narrower);
	return count;
}

static void
a_word_more_never_allows_more(void **state)
{
	unsigned seed = first_seed(), count = 0;

	(void)state;
	for (unsigned i = 0; i < RUNS; i++)
		count += run(seed + i);
	if (count < RUNS)
		fail_msg(
		    "COUNTERSIGN_SEED=%u: only %u were allowed", seed, count);
}

static struct limits
random_limits(void)
{
	struct limits l = { 0 };

	if (below(2) == 0)
		l.rate = (struct rate){ 1 + below(20), 1 + below(60) };
	if (l.rate.lines != 0 && below(2) == 0)
		l.burst = 1 + below(10);
	if (below(2) == 0)
		l.per_day = 1 + below(30);
	return l;
}

/* Adds the rate, or the day's lines, that were not there. */
static struct limits
narrower_limits(const struct limits *wide)
{
	struct limits l = *wide;

	if (l.rate.lines == 0)
		l.rate = (struct rate){ 1 + below(20), 1 + below(60) };
	else if (l.per_day == 0)
		l.per_day = 1 + below(30);
	else
		l.burst = 1 + below(l.burst != 0 ? l.burst : l.rate.lines);
	return l;
}

static unsigned
run_budgets(unsigned seed)
{
	struct limits wide, narrower;
	struct layer of_wide = { "profile", "ci", &wide };
	struct layer of_narrower = { "profile", "ci", &narrower };
	struct budget a = { 0 }, b = { 0 };
	struct verdict verdict;
	int64_t now = INT64_C(1793491200000000);
	unsigned count = 0;

	srandom(seed);
	wide = random_limits();
	narrower = narrower_limits(&wide);
	for (int i = 0; i < 300; i++) {
		now += below(4) == 0 ? (int64_t)below(3600) * 1000000 :
				       below(200000);
		if (budget_check(&b, &of_narrower, now, &verdict) != REASON_OK)
			continue;
		count++;
		if (budget_check(&a, &of_wide, now, &verdict) != REASON_OK)
			fail_msg("COUNTERSIGN_SEED=%u: a smaller budget "
				 "allows more",
			    seed);
		budget_charge(&a, &wide, now);
		budget_charge(&b, &narrower, now);
	}
	return count;
}

static void
a_budget_more_never_allows_more(void **state)
{
	unsigned seed = first_seed(), count = 0;

	(void)state;
	for (unsigned i = 0; i < RUNS; i++)
		count += run_budgets(seed + i);
	assert_true(count > RUNS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_more_never_allows_more),
		cmocka_unit_test(a_budget_more_never_allows_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

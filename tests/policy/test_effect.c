/* SPDX-License-Identifier: Apache-2.0 */
/*
 * covers: src/policy/effect.c src/policy/effect_rights.c src/policy/people.c
 * covers: src/policy/said.c src/policy/turn.c src/policy/rights.c
 */
#include "policy/effect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/said.h"
#include "support_tenant.h"

#define RELEASE \
	"[key release]\ntoken = t\nobject = pkcs11:object=r\nuse = raw\n"
#define BETA "[key beta]\ntoken = t\nobject = pkcs11:object=b\nuse = raw\n"
#define CI "[profile ci]\nkeys = release\n"
#define CI_BOB "[profile ci]\nkeys = release\n[profile bob]\nkeys = beta\n"
#define BUILD01 "profile=\"ci\" " ED25519_KEY " build01\n"

static char said[4096];

static void
add(const char *fmt, ...)
{
	size_t used = strlen(said);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said + used, sizeof(said) - used, fmt, ap);
	va_end(ap);
}

/* "profile ci max-lines 1>2 loosened", "profile ci +beta(raw) build01/1". */
static void
note(void *arg, const struct effect *e)
{
	(void)arg;
	add("%s %s", change_object_word(e->object), e->name);
	if (e->from_profile != NULL)
		add(" from %s", e->from_profile);
	if (e->sort == EFFECT_THING)
		add(" %s", change_kind_word(e->kind));
	else if (e->sort == EFFECT_WORD)
		add(" %.*s %.*s>%.*s %s", (int)e->word_len, e->word,
		    (int)e->before.len,
		    e->before.text != NULL ? e->before.text : "",
		    (int)e->after.len,
		    e->after.text != NULL ? e->after.text : "",
		    turn_word(e->turn));
	else
		add(" %c%s%s%s(%s)", e->kind == CHANGE_GAINED ? '+' : '-',
		    e->key, e->what != NULL ? "." : "",
		    e->what != NULL ? e->what : "", e->list);
	if (e->people.count > 0)
		add(" %s/%zu", e->people.principal[0], e->people.count);
	add(" @%s:%u\n", e->rule.file, e->rule.line);
}

static void
assert_effects(
    const struct texts *before, const struct texts *after, const char *want)
{
	struct tree *a = good_tree(before), *b = good_tree(after);

	said[0] = '\0';
	assert_int_equal(effects_find(a, b, note, NULL), 0);
	assert_string_equal(said, want);
	tree_free(a);
	tree_free(b);
}

/* A profile's word alone. */
static void
assert_word(const char *before, const char *after, const char *want)
{
	char was[512], is[512];
	const struct texts a = { .profiles = was }, b = { .profiles = is };

	snprintf(was, sizeof(was), CI "%s\n", before);
	snprintf(is, sizeof(is), CI "%s\n", after);
	assert_effects(&a, &b, want);
}

static void
the_same_tree_changes_nothing(void **state)
{
	const struct texts a = { .keys = RELEASE BETA,
		.profiles = "[profile ci]\nkeys = release beta\n" };
	const struct texts b = { .keys = RELEASE BETA,
		.profiles = "# text\n[profile ci]\nkeys = beta, release\n" };

	(void)state;
	assert_effects(&a, &a, "");
	assert_effects(&a, &b, "");
}

static void
a_number_that_grows_is_loosened(void **state)
{
	(void)state;
	assert_word("max-lines = 100", "max-lines = 1000",
	    "profile ci max-lines 100>1000 loosened @profiles.d/p.conf:3\n");
	assert_word("max-lines = 100", "max-lines = 10",
	    "profile ci max-lines 100>10 tightened @profiles.d/p.conf:3\n");
	assert_word("max-lines = 100", "",
	    "profile ci max-lines 100> loosened @profiles.d/p.conf:1\n");
	assert_word("", "max-lines = 100",
	    "profile ci max-lines >100 tightened @profiles.d/p.conf:3\n");
	assert_word("per-day = 5", "per-day = 6",
	    "profile ci per-day 5>6 loosened @profiles.d/p.conf:3\n");
	assert_word("concurrency = 5", "concurrency = 4",
	    "profile ci concurrency 5>4 tightened @profiles.d/p.conf:3\n");
}

static void
a_rate_is_compared_as_a_rate(void **state)
{
	(void)state;
	assert_word("rate = 60/1m", "rate = 2/1s",
	    "profile ci rate 60/1m>2/1s loosened @profiles.d/p.conf:3\n");
	assert_word("rate = 60/1m", "rate = 1/s",
	    "profile ci rate 60/1m>1/s  @profiles.d/p.conf:3\n");
	assert_word("rate = 60/1m", "",
	    "profile ci rate 60/1m> loosened @profiles.d/p.conf:1\n");
}

static void
lists_and_dates_have_a_direction(void **state)
{
	(void)state;
	assert_word("from = 10.0.0.0/8", "from = 10.0.0.0/8 192.0.2.1",
	    "profile ci from 10.0.0.0/8>10.0.0.0/8 192.0.2.1 loosened "
	    "@profiles.d/p.conf:3\n");
	assert_word("from = 10.0.0.0/8", "from = !10.1.1.1 10.0.0.0/8",
	    "profile ci from 10.0.0.0/8>!10.1.1.1 10.0.0.0/8  "
	    "@profiles.d/p.conf:3\n");
	assert_word("", "from = 10.0.0.0/8",
	    "profile ci from >10.0.0.0/8 tightened @profiles.d/p.conf:3\n");
	assert_word("names = *.deb", "names = *.deb *.rpm",
	    "profile ci names *.deb>*.deb *.rpm loosened "
	    "@profiles.d/p.conf:3\n");
	assert_word("names = *.deb", "names = *.rpm",
	    "profile ci names *.deb>*.rpm  @profiles.d/p.conf:3\n");
	assert_word("verbs = sign", "verbs = sign check",
	    "profile ci verbs sign>sign check loosened "
	    "@profiles.d/p.conf:3\n");
	assert_word("not-after = 2030-01-01", "not-after = 2029-01-01",
	    "profile ci not-after 2030-01-01>2029-01-01 tightened "
	    "@profiles.d/p.conf:3\n");
	assert_word("not-before = 2026-01-01", "",
	    "profile ci not-before 2026-01-01> loosened "
	    "@profiles.d/p.conf:1\n");
	assert_word("env = CI_*", "",
	    "profile ci env CI_*> tightened @profiles.d/p.conf:1\n");
	assert_word("notify = a", "notify = b",
	    "profile ci notify a>b  @profiles.d/p.conf:1\n");
}

static void
a_key_more_is_told_with_its_formats_and_people(void **state)
{
	const struct texts a = { .keys = RELEASE BETA, .profiles = CI };
	const struct texts b = { .keys = RELEASE BETA,
		.profiles = "[profile ci]\nkeys = release beta\n" };

	(void)state;
	assert_effects(&a, &b,
	    "profile ci +beta(raw, raw-pss, p1363) build01/1 "
	    "@profiles.d/p.conf:2\n");
	assert_effects(
	    &b, &a, "profile ci -beta() build01/1 @profiles.d/p.conf:2\n");
}

static void
a_keys_own_words_change_the_rights_of_its_people(void **state)
{
	const struct texts a = { .keys = RELEASE };
	const struct texts b = { .keys = RELEASE "formats = raw\n" };
	const struct texts c = { .keys = RELEASE "hashes = sha256 sha3-256\n" };

	(void)state;
	assert_effects(&a, &b,
	    "key release formats >raw tightened @keys.d/k.conf:5\n"
	    "profile ci -release.format(raw-pss, p1363) build01/1 "
	    "@profiles.d/p.conf:2\n");
	assert_effects(&a, &c,
	    "key release hashes >sha256 sha3-256  @keys.d/k.conf:5\n"
	    "profile ci +release.hash(sha3-256) build01/1 "
	    "@profiles.d/p.conf:2\n"
	    "profile ci -release.hash(sha384, sha512) build01/1 "
	    "@profiles.d/p.conf:2\n");
}

static void
a_profile_that_may_not_sign_any_more_loses_the_key(void **state)
{
	const struct texts a = { .keys = RELEASE };
	const struct texts b = { .keys = RELEASE,
		.profiles = CI "verbs = whoami\n" };

	(void)state;
	assert_effects(&a, &b,
	    "profile ci verbs >whoami tightened @profiles.d/p.conf:3\n"
	    "profile ci -release() build01/1 @profiles.d/p.conf:2\n");
}

static void
who_moves_gains_and_loses_what_the_profiles_differ_in(void **state)
{
	const struct texts a = {
		.keys = RELEASE BETA, .profiles = CI_BOB, .authorized = BUILD01
	};
	const struct texts b = { .keys = RELEASE BETA,
		.profiles = CI_BOB,
		.authorized = "profile=\"bob\",from=\"10.0.0.1\" " ED25519_KEY
			      " build01\n" };

	(void)state;
	assert_effects(&a, &b,
	    "client build01 profile ci>bob  @authorized_keys.d/a:1\n"
	    "client build01 from >10.0.0.1 tightened @authorized_keys.d/a:1\n"
	    "profile bob from ci -release() build01/1 @profiles.d/p.conf:4\n"
	    "profile bob from ci +beta(raw, raw-pss, p1363) build01/1 "
	    "@profiles.d/p.conf:4\n");
}

static void
who_comes_and_goes_is_told_by_line(void **state)
{
	const struct texts a = { .authorized = BUILD01 };
	const struct texts b = {
		.authorized = "# moved\nprofile=\"ci\" " OTHER_KEY " build02\n"
	};

	(void)state;
	assert_effects(&a, &b,
	    "client build01 lost @authorized_keys.d/a:1\n"
	    "client build02 gained @authorized_keys.d/a:2\n");
}

static void
people_are_counted_once_each(void **state)
{
	const struct texts a = { .keys = RELEASE BETA,
		.profiles = CI,
		.authorized =
		    BUILD01 "profile=\"ci\" " OTHER_KEY " build01\n" };
	const struct texts b = { .keys = RELEASE BETA,
		.profiles = CI "formats = raw\n",
		.authorized = a.authorized };

	(void)state;
	assert_effects(&a, &b,
	    "profile ci formats >raw tightened @profiles.d/p.conf:3\n"
	    "profile ci -release.format(raw-pss, p1363) build01/1 "
	    "@profiles.d/p.conf:2\n");
}

static void
the_server_has_its_words_too(void **state)
{
	const struct texts a = { .server = "[limits]\nchannels = 4\n" };
	const struct texts b = { .server = "[limits]\nchannels = 5\n" };

	(void)state;
	assert_effects(&a, &b, "server  channels 4>5  @countersign.conf:0\n");
}

static struct tree *
with_team(const char *words)
{
	static const struct team team = { .keys = TEAM_KEYS,
		.profiles = TEAM_PROFILES,
		.authorized = "profile=\"ci\" " OTHER_KEY " ann\n" };
	struct tree *tree = tree_with_tenant(words);
	struct told told;

	assert_int_equal(add_team(tree, "team", &team, &told), 0);
	return tree;
}

static void
a_tenants_bounds_change_what_its_people_may(void **state)
{
	struct tree *a = with_team(BOUNDS),
		    *b = with_team(BOUNDS "formats = "
					  "raw\n");

	(void)state;
	said[0] = '\0';
	assert_int_equal(effects_find(a, b, note, NULL), 0);
	assert_string_equal(said,
	    "tenant team formats >raw tightened @tenants.d/team.conf:5\n"
	    "profile team/ci -team/release.format(raw-pss, p1363) ann/1 "
	    "@tenants/team/profiles.d/p.conf:2\n");
	said[0] = '\0';
	assert_int_equal(effects_find(b, a, note, NULL), 0);
	assert_non_null(strstr(said, "tenant team formats raw> loosened"));
	tree_free(a);
	tree_free(b);
}

static void
said_lines_are_found_by_their_whole_word(void **state)
{
	struct said said_line;

	(void)state;
	assert_true(said_find("rates = 1\nrate = 2\n", "rate", 4, &said_line));
	assert_int_equal(said_line.value_len, 1);
	assert_memory_equal(said_line.value, "2", 1);
	assert_true(said_is(&said_line, "rate"));
	assert_false(said_is(&said_line, "rat"));
	assert_false(said_find(NULL, "rate", 4, &said_line));
	assert_null(said_line.value);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_tree_changes_nothing),
		cmocka_unit_test(a_number_that_grows_is_loosened),
		cmocka_unit_test(a_rate_is_compared_as_a_rate),
		cmocka_unit_test(lists_and_dates_have_a_direction),
		cmocka_unit_test(
		    a_key_more_is_told_with_its_formats_and_people),
		cmocka_unit_test(
		    a_keys_own_words_change_the_rights_of_its_people),
		cmocka_unit_test(
		    a_profile_that_may_not_sign_any_more_loses_the_key),
		cmocka_unit_test(
		    who_moves_gains_and_loses_what_the_profiles_differ_in),
		cmocka_unit_test(who_comes_and_goes_is_told_by_line),
		cmocka_unit_test(people_are_counted_once_each),
		cmocka_unit_test(the_server_has_its_words_too),
		cmocka_unit_test(a_tenants_bounds_change_what_its_people_may),
		cmocka_unit_test(said_lines_are_found_by_their_whole_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of a time-stamp authority: what they must say, and that they and the
 * verb tsa are for each other only.
 */
#include "policy/stamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/explain.h"
#include "policy/rights.h"
#include "support_tree.h"

#define RELEASE                            \
	"[key release]\n"                  \
	"token = t\n"                      \
	"object = pkcs11:object=release\n" \
	"use = wrapped\n"
#define STAMP_HEAD                       \
	"[key stamp]\n"                  \
	"token = t\n"                    \
	"object = pkcs11:object=stamp\n" \
	"use = wrapped\n"
#define STAMP STAMP_HEAD "formats = tsa\ntsa-policy = 1.3.6.1.4.1.32473.1\n"
#define OTHER                             \
	"[key second]\n"                  \
	"token = t\n"                     \
	"object = pkcs11:object=second\n" \
	"use = wrapped\n"                 \
	"formats = tsa\n"                 \
	"tsa-policy = 1.2.3\n"            \
	"tsa-accuracy = 1s\n"
#define HOW "ssh ... tsa < query.tsq > reply.tsr"

static struct tree *tree;
static struct verdict verdict;
static struct grant grant;

static void
with(const char *keys, const char *profile)
{
	char profiles[512];
	const struct texts texts = { .keys = keys, .profiles = profiles };

	tree_free(tree);
	snprintf(profiles, sizeof(profiles), "[profile ci]\n%s", profile);
	tree = good_tree(&texts);
}

static void
assert_file(const char *keys, const char *line)
{
	const struct texts texts = {
		.keys = keys,
		.profiles = "[profile ci]\n",
	};

	assert_told(&texts, line);
}

static enum reason
ask(const char *text)
{
	const struct moment moment = { .address = "10.2.0.7", .now = 1 };
	struct command command;
	struct text_error error;

	memset(&verdict, 0xaa, sizeof(verdict));
	assert_int_equal(command_parse(text, &command, &error), 0);
	return decide_request(
	    tree, tree_client(tree, 0), &command, &moment, &grant, &verdict);
}

static void
assert_granted(const char *text, const char *key, const char *format)
{
	if (ask(text) != REASON_OK)
		fail_msg("%s: %s", text, verdict.text);
	assert_string_equal(grant.key->name, key);
	assert_string_equal(grant.format, format);
}

static void
assert_refused(const char *text, enum reason reason, const char *says)
{
	assert_string_equal(reason_word(ask(text)), reason_word(reason));
	assert_string_equal(verdict.text, says);
}

static void
takes_a_policy_and_an_accuracy(void **state)
{
	const struct signing_key *key;

	(void)state;
	with(RELEASE STAMP OTHER, "keys = release\n");
	key = tree_key_by_name(tree, "stamp");
	assert_string_equal(key->tsa_policy, "1.3.6.1.4.1.32473.1");
	assert_int_equal(key->tsa_accuracy_s, 0);
	assert_true(key_stamps(key));
	key = tree_key_by_name(tree, "second");
	assert_int_equal(key->tsa_accuracy_s, 1);
	assert_false(key_stamps(tree_key_by_name(tree, "release")));
}

static void
refuses_half_of_an_authority(void **state)
{
	(void)state;
	assert_file(STAMP_HEAD "formats = tsa\n",
	    "keys.d/k.conf:5: key stamp has format tsa and no tsa-policy: "
	    "write tsa-policy = OID");
	assert_file(STAMP_HEAD "tsa-policy = 1.2.3\n",
	    "keys.d/k.conf:5: key stamp has a tsa-policy: write formats = "
	    "tsa, too");
	assert_file(STAMP_HEAD "formats = cms\ntsa-policy = 1.2.3\n",
	    "keys.d/k.conf:6: key stamp has a tsa-policy: write formats = "
	    "tsa, too");
	assert_file(STAMP_HEAD "tsa-accuracy = 1s\n",
	    "keys.d/k.conf:5: key stamp has a tsa-accuracy: write formats = "
	    "tsa, too");
	assert_file(STAMP_HEAD "formats = tsa, cms\ntsa-policy = 1.2.3\n",
	    "keys.d/k.conf:5: key stamp: format tsa stands alone: time-stamps "
	    "have a key of their own (RFC 3161, 2.3)");
	assert_file(STAMP_HEAD "formats = tsa\ntsa-policy = policy\n",
	    "keys.d/k.conf:6: tsa-policy must be an object identifier such as "
	    "1.3.6.1.4.1.32473.1, not \"policy\"");
	assert_file("[key log]\ntoken = t\nobject = pkcs11:object=log\n"
		    "use = audit\ntsa-policy = 1.2.3\n",
	    "keys.d/k.conf:4: key log has use = audit: tsa-policy is for keys "
	    "that clients use");
}

static void
the_verb_finds_the_one_key_that_stamps(void **state)
{
	(void)state;
	with(RELEASE STAMP, "keys = release stamp\n");
	assert_granted("tsa", "stamp", "tsa");
	assert_granted("tsa -k stamp", "stamp", "tsa");
	/* And what is signed does not have to be told from it. */
	assert_granted("sign -f cms", "release", "cms");
	assert_granted("sign", "release", "cms");
	with(RELEASE STAMP OTHER, "keys = release stamp second\n");
	assert_refused("tsa", REASON_USAGE,
	    "say which key with -k; the profile ci grants: stamp, second");
	assert_granted("tsa -k second", "second", "tsa");
	assert_refused("pubkey", REASON_USAGE,
	    "say which key; the profile ci grants: release, stamp, second");
}

static void
the_verb_uses_no_other_key(void **state)
{
	(void)state;
	with(RELEASE STAMP, "keys = release stamp\n");
	assert_refused("tsa -k release", REASON_FORMAT,
	    "key release makes no time-stamps: its formats are not tsa");
	assert_refused("tsa -k other", REASON_KEY_UNKNOWN,
	    "the profile ci grants no key other; it grants: stamp");
	with(RELEASE STAMP, "keys = release\n");
	assert_refused("tsa", REASON_FORMAT,
	    "key release makes no time-stamps: its formats are not tsa");
	with(RELEASE STAMP, "");
	assert_refused(
	    "tsa", REASON_KEY_UNKNOWN, "the profile ci grants no key");
}

static void
no_other_verb_uses_its_key(void **state)
{
	(void)state;
	with(RELEASE STAMP, "keys = release stamp\n");
	assert_refused("sign -k stamp", REASON_USAGE,
	    "key stamp makes time-stamps only; write: " HOW);
	assert_refused("sign -k stamp -f tsa", REASON_USAGE,
	    "key stamp makes time-stamps only; write: " HOW);
	assert_refused("check -k stamp -f cms", REASON_USAGE,
	    "key stamp makes time-stamps only; write: " HOW);
	assert_refused("sign -k release -f tsa", REASON_USAGE,
	    "format tsa is what the verb tsa makes; write: " HOW);
	with(STAMP, "keys = stamp\n");
	assert_refused("sign", REASON_USAGE,
	    "key stamp makes time-stamps only; write: " HOW);
	assert_int_equal(ask("pubkey"), REASON_OK);
}

static void
verbs_and_formats_bound_it(void **state)
{
	(void)state;
	with(STAMP, "keys = stamp\nverbs = sign check\n");
	assert_int_equal(ask("tsa"), REASON_VERB);
	with(STAMP "verbs = pubkey\n", "keys = stamp\n");
	assert_int_equal(ask("tsa"), REASON_VERB);
	with(STAMP "verbs = tsa\nhours = Mon-Fri 09:00-10:00 UTC\n",
	    "keys = stamp\n");
	assert_int_equal(ask("tsa"), REASON_HOURS);
	with(RELEASE STAMP, "keys = release stamp\nformats = cms\n");
	assert_int_equal(ask("tsa"), REASON_FORMAT);
	with(STAMP, "keys = stamp\ndefault = tsa\n");
	assert_int_equal(
	    tree_profile(tree, 0)->default_command->verb, VERB_TSA);
}

static void
rights_know_the_verb(void **state)
{
	const struct profile *profile;
	struct rights rights;

	(void)state;
	with(STAMP, "keys = stamp\nverbs = tsa\n");
	profile = tree_profile(tree, 0);
	rights_of(tree, profile, tree_key(tree, 0), &rights);
	assert_true(rights_sign(&rights));
	with(STAMP, "keys = stamp\nverbs = sign\n");
	profile = tree_profile(tree, 0);
	rights_of(tree, profile, tree_key(tree, 0), &rights);
	assert_false(rights_sign(&rights));
}

static void
explains_a_time_stamp(void **state)
{
	struct question q = {
		.moment = { .address = "10.2.0.7", .now = 1 },
		.command = "tsa",
		.hash = HASH_SHA3_256,
	};
	struct explained e;

	(void)state;
	with(STAMP, "keys = stamp\n");
	q.tree = tree;
	q.client.key = tree_client(tree, 0);
	assert_int_equal(explain(&q, &e), REASON_HASH);
	assert_int_equal(e.stage, STAGE_LINE);
	q.hash = HASH_NONE;
	assert_int_equal(explain(&q, &e), REASON_OK);
	assert_string_equal(e.grant.format, "tsa");
}

static int
tear_down(void **state)
{
	(void)state;
	tree_free(tree);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_a_policy_and_an_accuracy),
		cmocka_unit_test(refuses_half_of_an_authority),
		cmocka_unit_test(the_verb_finds_the_one_key_that_stamps),
		cmocka_unit_test(the_verb_uses_no_other_key),
		cmocka_unit_test(no_other_verb_uses_its_key),
		cmocka_unit_test(verbs_and_formats_bound_it),
		cmocka_unit_test(rights_know_the_verb),
		cmocka_unit_test(explains_a_time_stamp),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}

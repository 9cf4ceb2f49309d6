/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/resolve.c */
#include "policy/decide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_tree.h"

#define KEYS                               \
	"[key release]\n"                  \
	"token = t\n"                      \
	"object = pkcs11:object=release\n" \
	"use = raw\n"                      \
	"formats = raw p1363\n"            \
	"hashes = sha256 sha512\n"         \
	"[key image]\n"                    \
	"token = t\n"                      \
	"object = pkcs11:object=image\n"   \
	"use = wrapped\n"

#define AT(time) \
	(&(const struct moment){ .address = "10.2.0.7", .now = (time) })
#define NOW AT(1767225600)

/* A tree of one client; it stays until the next one. */
static struct tree *tree;
static const struct client_key *client;
static struct verdict verdict;
static struct grant grant;

static void
with(const char *keys, const char *profile, const char *options)
{
	char line[512], profiles[1024];
	const struct texts texts = {
		.keys = keys,
		.profiles = profiles,
		.authorized = line,
	};

	tree_free(tree);
	snprintf(profiles, sizeof(profiles), "[profile ci]\n%s", profile);
	snprintf(line, sizeof(line), "profile=\"ci\"%s %s build01\n", options,
	    ED25519_KEY);
	tree = good_tree(&texts);
	client = tree_client(tree, 0);
}

static enum reason
request(const char *text, const struct moment *moment)
{
	struct command command;
	struct text_error error;

	memset(&verdict, 0xaa, sizeof(verdict));
	assert_int_equal(command_parse(text, &command, &error), 0);
	return decide_request(tree, client, &command, moment, &grant, &verdict);
}

static enum reason
line(uint64_t number, enum hash hash, const char *name,
    const struct moment *moment)
{
	memset(&verdict, 0xaa, sizeof(verdict));
	return decide_line(&grant, moment, number, hash, name, &verdict);
}

static void
assert_verdict(
    enum reason reason, const char *file, unsigned number, const char *text)
{
	assert_string_equal(reason_word(verdict.reason), reason_word(reason));
	assert_string_equal(verdict.text, text);
	if (file == NULL)
		assert_null(verdict.rule.file);
	else
		assert_string_equal(verdict.rule.file, file);
	assert_int_equal(verdict.rule.line, number);
}

static void
assert_refused(const char *command, enum reason reason, const char *file,
    unsigned number, const char *text)
{
	assert_int_equal(request(command, NOW), reason);
	assert_verdict(reason, file, number, text);
}

static enum reason
login(const char *user, const void *blob, size_t len, const char *address,
    int64_t now)
{
	const struct moment moment = { .address = address, .now = now };
	const struct client_key *found = NULL;
	enum reason reason =
	    decide_login(tree, user, blob, len, &moment, &found, &verdict);

	assert_int_equal(verdict.reason, reason);
	assert_ptr_equal(found, reason == REASON_OK ? client : NULL);
	return reason;
}

static void
lets_the_right_key_of_the_right_user_in(void **state)
{
	(void)state;
	with(KEYS, "keys = release\n", "");
	assert_int_equal(
	    login("sign", client->blob, client->blob_len, "10.2.0.7", 1),
	    REASON_OK);
	assert_verdict(REASON_OK, NULL, 0, "");
}

static void
refuses_other_users_and_keys_at_the_door(void **state)
{
	static const uint8_t cert[] = "\0\0\0\x20"
				      "ssh-ed25519-cert-v01@openssh.com";
	static const uint8_t dsa[] = "\0\0\0\7ssh-dss";
	uint8_t other[64];

	(void)state;
	with(KEYS, "keys = release\n", "");
	assert_int_equal(
	    login("root", client->blob, client->blob_len, "10.2.0.7", 1),
	    REASON_USER);
	assert_verdict(REASON_USER, NULL, 0, "the user name must be sign");
	memcpy(other, client->blob, client->blob_len);
	other[40] ^= 1;
	assert_int_equal(login("sign", other, client->blob_len, "10.2.0.7", 1),
	    REASON_CLIENT_UNKNOWN);
	assert_verdict(
	    REASON_CLIENT_UNKNOWN, NULL, 0, "this client key is not listed");
	assert_int_equal(login("sign", cert, sizeof(cert) - 1, "10.2.0.7", 1),
	    REASON_CERTIFICATE);
	assert_int_equal(login("sign", dsa, sizeof(dsa) - 1, "10.2.0.7", 1),
	    REASON_KEY_TYPE);
	assert_int_equal(login("sign", "", 0, "10.2.0.7", 1), REASON_KEY_TYPE);
}

static void
looks_at_both_lists_of_addresses(void **state)
{
	const void *blob;
	size_t len;

	(void)state;
	with(KEYS, "keys = release\nfrom = 10.2.0.0/16 192.0.2.1\n",
	    ",from=\"10.0.0.0/8\"");
	blob = client->blob;
	len = client->blob_len;
	assert_int_equal(login("sign", blob, len, "10.2.0.7", 1), REASON_OK);
	assert_int_equal(
	    login("sign", blob, len, "::ffff:10.2.0.7", 1), REASON_OK);
	assert_int_equal(
	    login("sign", blob, len, "10.3.0.7", 1), REASON_SOURCE);
	assert_verdict(REASON_SOURCE, "profiles.d/p.conf", 3,
	    "the profile ci may not be used from 10.3.0.7; allowed: "
	    "10.2.0.0/16,192.0.2.1");
	assert_int_equal(
	    login("sign", blob, len, "192.0.2.1", 1), REASON_SOURCE);
	assert_verdict(REASON_SOURCE, "authorized_keys.d/a", 1,
	    "this client key may not come from 192.0.2.1; allowed: "
	    "10.0.0.0/8");
	assert_int_equal(login("sign", blob, len, "", 1), REASON_SOURCE);
}

static void
expires_a_client_key_after_the_second_that_it_names(void **state)
{
	(void)state;
	with(KEYS, "keys = release\n", ",expiry-time=\"20270101Z\"");
	assert_int_equal(
	    decide_client(tree, client, AT(1798761599), &verdict), REASON_OK);
	assert_int_equal(
	    decide_client(tree, client, AT(1798761600), &verdict), REASON_OK);
	assert_int_equal(decide_client(tree, client, AT(1798761601), &verdict),
	    REASON_EXPIRED);
	assert_verdict(REASON_EXPIRED, "authorized_keys.d/a", 1,
	    "this client key expired at 2027-01-01T00:00:00Z");
}

static void
keeps_a_profiles_dates_to_the_second(void **state)
{
	(void)state;
	with(KEYS,
	    "keys = release\nformats = raw\nnot-before = 2026-01-01\n"
	    "not-after = 2027-01-01\n",
	    "");
	assert_int_equal(request("sign", AT(1767225599)), REASON_NOT_BEFORE);
	assert_verdict(REASON_NOT_BEFORE, "profiles.d/p.conf", 4,
	    "the profile ci is not valid before 2026-01-01T00:00:00Z");
	assert_int_equal(request("sign", AT(1767225600)), REASON_OK);
	assert_int_equal(request("sign", AT(1798761599)), REASON_OK);
	assert_int_equal(line(1, HASH_SHA256, "", AT(1798761599)), REASON_OK);
	assert_int_equal(
	    line(1, HASH_SHA256, "", AT(1798761600)), REASON_NOT_AFTER);
	assert_int_equal(request("sign", AT(1798761600)), REASON_NOT_AFTER);
	assert_verdict(REASON_NOT_AFTER, "profiles.d/p.conf", 5,
	    "the profile ci is not valid any more since "
	    "2027-01-01T00:00:00Z");
}

static void
keeps_a_keys_dates_to_the_second_for_signing_only(void **state)
{
	(void)state;
	with("[key release]\ntoken = t\nobject = pkcs11:id=%01\nuse = raw\n"
	     "formats = raw\nnot-before = 2026-01-01\nnot-after = 2027-01-01\n",
	    "keys = release\n", "");
	assert_int_equal(request("sign", AT(1767225599)), REASON_NOT_BEFORE);
	assert_verdict(REASON_NOT_BEFORE, "keys.d/k.conf", 6,
	    "the key release is not valid before 2026-01-01T00:00:00Z");
	assert_int_equal(request("check", AT(1767225600)), REASON_OK);
	assert_int_equal(
	    line(1, HASH_SHA256, "", AT(1798761600)), REASON_NOT_AFTER);
	assert_verdict(REASON_NOT_AFTER, "keys.d/k.conf", 7,
	    "the key release is not valid any more since "
	    "2027-01-01T00:00:00Z");
	assert_int_equal(request("check", AT(1798761600)), REASON_NOT_AFTER);
	assert_int_equal(request("pubkey release", AT(1798761600)), REASON_OK);
	assert_int_equal(request("cert release", AT(1)), REASON_OK);
}

static void
allows_all_verbs_unless_some_are_listed(void **state)
{
	(void)state;
	with(KEYS, "keys = release\n", "");
	for (enum verb v = VERB_GREETING; v < VERB_COUNT; v++)
		assert_int_equal(
		    decide_verb(client->profile, v, &verdict), REASON_OK);
	with(KEYS, "keys = release\nverbs = check keys\n", "");
	assert_int_equal(
	    decide_verb(client->profile, VERB_GREETING, &verdict), REASON_OK);
	assert_int_equal(
	    decide_verb(client->profile, VERB_CHECK, &verdict), REASON_OK);
	assert_refused("sign", REASON_VERB, "profiles.d/p.conf", 3,
	    "the profile ci does not allow sign; allowed: check, keys");
	assert_refused("pubkey", REASON_VERB, "profiles.d/p.conf", 3,
	    "the profile ci does not allow pubkey; allowed: check, keys");
	assert_int_equal(
	    decide_verb(client->profile, VERB_HELP, &verdict), REASON_VERB);
}

static void
fills_in_what_was_left_out_where_there_is_one_choice(void **state)
{
	(void)state;
	with(KEYS, "keys = release\nformats = p1363\n", "");
	assert_int_equal(request("sign", NOW), REASON_OK);
	assert_verdict(REASON_OK, NULL, 0, "");
	assert_string_equal(grant.key->name, "release");
	assert_string_equal(grant.format, "p1363");
	assert_ptr_equal(grant.profile, client->profile);
	with(KEYS, "keys = image\n", "");
	assert_int_equal(request("sign -k image", NOW), REASON_OK);
	assert_string_equal(grant.format, "cms");
	assert_int_equal(request("cert", NOW), REASON_OK);
	assert_string_equal(grant.key->name, "image");
	assert_null(grant.format);
}

static void
takes_the_format_from_the_default(void **state)
{
	(void)state;
	with(KEYS, "keys = release image\ndefault = sign -k release -f raw\n",
	    "");
	assert_int_equal(request("sign -k release", NOW), REASON_OK);
	assert_string_equal(grant.format, "raw");
	assert_int_equal(request("sign -k image", NOW), REASON_OK);
	assert_string_equal(grant.format, "cms");
}

static void
asks_which_one_where_there_are_several(void **state)
{
	(void)state;
	with(KEYS, "keys = release image\n", "");
	assert_refused("sign -f raw", REASON_USAGE, "profiles.d/p.conf", 2,
	    "say which key with -k; the profile ci grants: release, image");
	assert_refused("pubkey", REASON_USAGE, "profiles.d/p.conf", 2,
	    "say which key; the profile ci grants: release, image");
	assert_refused("sign -k release", REASON_USAGE, "keys.d/k.conf", 1,
	    "say which format with -f; key release allows you: raw, p1363");
}

static void
means_raw_where_nobody_lists_formats(void **state)
{
	static const char any[] = "[key any]\ntoken = t\n"
				  "object = pkcs11:object=any\nuse = raw\n";

	(void)state;
	with(any, "keys = any\n", "");
	assert_int_equal(request("sign", NOW), REASON_OK);
	assert_string_equal(grant.format, "raw");
	with(any, "keys = any\nformats = raw-pss p1363\n", "");
	assert_int_equal(request("sign", NOW), REASON_USAGE);
}

static void
refuses_keys_that_are_not_granted_whether_they_exist_or_not(void **state)
{
	(void)state;
	with(KEYS, "keys = release\n", "");
	assert_refused("sign -k image -f cms", REASON_KEY_UNKNOWN,
	    "profiles.d/p.conf", 2,
	    "the profile ci grants no key image; it grants: release");
	assert_refused("sign -k nonsuch -f raw", REASON_KEY_UNKNOWN,
	    "profiles.d/p.conf", 2,
	    "the profile ci grants no key nonsuch; it grants: release");
	assert_refused("pubkey image", REASON_KEY_UNKNOWN, "profiles.d/p.conf",
	    2, "the profile ci grants no key image; it grants: release");
}

static void
refuses_everything_when_nothing_is_granted(void **state)
{
	(void)state;
	with(KEYS, "", "");
	assert_refused("sign", REASON_KEY_UNKNOWN, "profiles.d/p.conf", 1,
	    "the profile ci grants no key");
	assert_refused("sign -k release -f raw", REASON_KEY_UNKNOWN,
	    "profiles.d/p.conf", 1,
	    "the profile ci grants no key release; it grants: none");
	assert_refused("cert", REASON_KEY_UNKNOWN, "profiles.d/p.conf", 1,
	    "the profile ci grants no key");
}

static void
refuses_formats_and_names_the_line_that_decides(void **state)
{
	(void)state;
	with(KEYS, "keys = release image\nformats = raw cms\n", "");
	assert_refused("sign -k release -f p1363", REASON_FORMAT,
	    "profiles.d/p.conf", 3,
	    "you may not use format p1363 for key release; allowed: raw");
	assert_refused("sign -k release -f raw-pss", REASON_FORMAT,
	    "keys.d/k.conf", 5,
	    "you may not use format raw-pss for key release; allowed: raw");
	assert_refused("sign -k release -f pdf", REASON_FORMAT,
	    "profiles.d/p.conf", 3,
	    "there is no format pdf for key release; allowed: raw");
}

static void
keeps_raw_and_wrapped_apart(void **state)
{
	(void)state;
	with(KEYS, "keys = release image\n", "");
	assert_refused("sign -k image -f raw", REASON_USE, "keys.d/k.conf", 10,
	    "format raw is raw and key image has use = wrapped; allowed: cms");
	assert_refused("sign -k release -f cms", REASON_USE, "keys.d/k.conf", 4,
	    "format cms is wrapped and key release has use = raw; allowed: "
	    "raw, p1363");
}

static void
refuses_hashes_and_names_the_line_that_decides(void **state)
{
	(void)state;
	with(KEYS, "keys = release\nformats = raw\nhashes = sha256\n", "");
	assert_refused("sign --hash sha512", REASON_HASH, "profiles.d/p.conf",
	    4, "you may not use sha512 with key release; allowed: sha256");
	assert_int_equal(request("sign", NOW), REASON_OK);
	assert_int_equal(line(1, HASH_SHA256, "", NOW), REASON_OK);
	assert_verdict(REASON_OK, NULL, 0, "");
	assert_int_equal(line(1, HASH_SHA384, "", NOW), REASON_HASH);
	with(KEYS, "keys = release\nformats = raw\n", "");
	assert_int_equal(request("sign", NOW), REASON_OK);
	assert_int_equal(line(1, HASH_SHA384, "", NOW), REASON_HASH);
	assert_verdict(REASON_HASH, "keys.d/k.conf", 6,
	    "you may not use sha384 with key release; allowed: sha256, "
	    "sha512");
	assert_int_equal(line(1, HASH_NONE, "", NOW), REASON_HASH);
}

static void
counts_lines_to_the_last_one(void **state)
{
	(void)state;
	with(KEYS, "keys = release\nformats = raw\nmax-lines = 3\n", "");
	assert_int_equal(request("sign", NOW), REASON_OK);
	assert_int_equal(line(3, HASH_SHA256, "", NOW), REASON_OK);
	assert_int_equal(line(4, HASH_SHA256, "", NOW), REASON_TOO_MANY_LINES);
	assert_verdict(REASON_TOO_MANY_LINES, "profiles.d/p.conf", 4,
	    "the profile ci allows 3 lines a request");
}

static void
wants_names_that_match(void **state)
{
	(void)state;
	with(KEYS, "keys = release\nformats = raw\nnames = *.bin dist/*\n", "");
	assert_int_equal(request("sign", NOW), REASON_OK);
	assert_int_equal(line(1, HASH_SHA256, "fw.bin", NOW), REASON_OK);
	assert_int_equal(line(1, HASH_SHA256, "dist/a", NOW), REASON_OK);
	assert_int_equal(line(1, HASH_SHA256, "fw.exe", NOW), REASON_NAME);
	assert_verdict(REASON_NAME, "profiles.d/p.conf", 4,
	    "the profile ci does not allow this name; allowed: *.bin, dist/*");
	assert_int_equal(line(1, HASH_SHA256, "", NOW), REASON_NAME);
	assert_verdict(REASON_NAME, "profiles.d/p.conf", 4,
	    "the profile ci wants a name on each line; allowed: *.bin, dist/*");
}

static void
looks_at_the_address_again_with_each_request(void **state)
{
	(void)state;
	with(KEYS, "keys = release\nformats = raw\nfrom = 10.2.0.7\n", "");
	assert_int_equal(request("sign", NOW), REASON_OK);
	assert_int_equal(
	    request(
		"sign", &(struct moment){ .address = "10.2.0.8", .now = 1 }),
	    REASON_SOURCE);
}

static void
tells_which_keys_a_profile_grants(void **state)
{
	(void)state;
	with(KEYS, "keys = image\n", "");
	assert_true(
	    grants_key(client->profile, tree_key_by_name(tree, "image")));
	assert_false(
	    grants_key(client->profile, tree_key_by_name(tree, "release")));
}

#define ROLLING                                                     \
	"[key release]\ntoken = t\nuse = raw\n"                     \
	"[generation a]\nkey = release\nobject = pkcs11:object=a\n" \
	"start = 2026-01-01T00:00Z\n"                               \
	"[generation b]\nkey = release\nobject = pkcs11:object=b\n" \
	"start = 2026-07-01\n"
#define JULY 1782864000

static void
means_the_generation_of_the_moment(void **state)
{
	(void)state;
	with(ROLLING, "keys = release\n", "");
	assert_int_equal(request("sign", NOW), REASON_OK);
	assert_string_equal(grant.generation->name, "a");
	assert_int_equal(request("pubkey", AT(JULY - 1)), REASON_OK);
	assert_string_equal(grant.generation->name, "a");
	assert_int_equal(request("sign", AT(JULY)), REASON_OK);
	assert_string_equal(grant.generation->name, "b");
	assert_int_equal(request("cert --next", AT(JULY - 1)), REASON_OK);
	assert_string_equal(grant.generation->name, "b");
	assert_int_equal(request("cert --next", AT(JULY)), REASON_USAGE);
	assert_verdict(REASON_USAGE, "keys.d/k.conf", 1,
	    "the key release has no next generation");
}

static void
refuses_before_the_first_generation_starts(void **state)
{
	(void)state;
	with(ROLLING, "keys = release\n", "");
	assert_int_equal(request("sign", AT(1767225599)), REASON_NOT_BEFORE);
	assert_verdict(REASON_NOT_BEFORE, "keys.d/k.conf", 4,
	    "the first generation of the key release starts at "
	    "2026-01-01T00:00:00Z");
	assert_int_equal(request("pubkey", AT(1767225599)), REASON_NOT_BEFORE);
	assert_verdict(REASON_NOT_BEFORE, "keys.d/k.conf", 4,
	    "the first generation of the key release starts at "
	    "2026-01-01T00:00:00Z; --next tells of it");
	assert_int_equal(request("pubkey --next", AT(1767225599)), REASON_OK);
	assert_string_equal(grant.generation->name, "a");
}

static int
drop_tree(void **state)
{
	(void)state;
	tree_free(tree);
	tree = NULL;
	return 0;
}

/* The moment with this suspended; the set stays until the next one. */
static const struct moment *
while_suspended(enum subject subject, const char *name)
{
	static struct suspensions *set;
	static struct moment moment;
	struct suspension one = { .subject = subject, .text = "stolen" };

	suspensions_free(set);
	set = suspensions_new();
	assert_non_null(set);
	moment = *NOW;
	moment.fingerprint = "SHA256:of-the-client";
	moment.suspensions = set;
	if (name != NULL) {
		snprintf(one.name, sizeof(one.name), "%s", name);
		assert_int_equal(suspensions_add(set, &one), 0);
	}
	return &moment;
}

static void
assert_suspended(const char *text)
{
	assert_verdict(REASON_SUSPENDED, NULL, 0, text);
}

static void
refuses_a_client_that_is_suspended(void **state)
{
	static const struct {
		enum subject subject;
		const char *name, *text;
	} cases[] = {
		{ SUBJECT_CLIENT, "SHA256:of-the-client",
		    "the client key SHA256:of-the-client is suspended: "
		    "stolen" },
		{ SUBJECT_PRINCIPAL, "build01",
		    "the principal build01 is suspended: stolen" },
		{ SUBJECT_PROFILE, "ci",
		    "the profile ci is suspended: stolen" },
	};

	(void)state;
	with(KEYS, "keys = release\n", "");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct moment *moment =
		    while_suspended(cases[i].subject, cases[i].name);
		const struct client_key *found = NULL;

		assert_int_equal(
		    decide_login(tree, "sign", client->blob, client->blob_len,
			moment, &found, &verdict),
		    REASON_SUSPENDED);
		assert_null(found);
		assert_suspended(cases[i].text);
		assert_int_equal(decide_client(tree, client, moment, &verdict),
		    REASON_SUSPENDED);
		assert_int_equal(
		    request("pubkey release", moment), REASON_SUSPENDED);
		assert_suspended(cases[i].text);
	}
}

static void
refuses_to_sign_with_a_key_that_is_suspended(void **state)
{
	static const char text[] = "the key release is suspended: stolen";
	const struct moment *moment;

	(void)state;
	with(KEYS, "keys = release image\n", "");
	moment = while_suspended(SUBJECT_KEY, "release");
	assert_int_equal(
	    request("sign -k release -f raw", moment), REASON_SUSPENDED);
	assert_suspended(text);
	assert_int_equal(
	    request("check -k release -f raw", moment), REASON_SUSPENDED);
	assert_int_equal(
	    decide_client(tree, client, moment, &verdict), REASON_OK);
	/* What it signed before can still be verified. */
	assert_int_equal(request("pubkey release", moment), REASON_OK);
	assert_int_equal(request("sign -k image -f cms", moment), REASON_OK);
	assert_int_equal(line(1, HASH_SHA256, "", moment), REASON_OK);
	assert_int_equal(request("sign -k release -f raw", NOW), REASON_OK);
	assert_int_equal(line(1, HASH_SHA256, "", NOW), REASON_OK);
	assert_int_equal(line(1, HASH_SHA256, "", moment), REASON_SUSPENDED);
	assert_suspended(text);
}

static void
lets_pass_what_is_not_suspended(void **state)
{
	static const struct {
		enum subject subject;
		const char *name;
	} others[] = {
		{ SUBJECT_KEY, NULL },
		{ SUBJECT_KEY, "image" },
		{ SUBJECT_KEY, "ci" },
		{ SUBJECT_KEY, "releas" },
		{ SUBJECT_CLIENT, "SHA256:of-another" },
		{ SUBJECT_PRINCIPAL, "build0" },
		{ SUBJECT_PRINCIPAL, "ci" },
		{ SUBJECT_PROFILE, "release" },
		{ SUBJECT_TENANT, "release" },
		{ SUBJECT_TENANT, "ci" },
	};

	(void)state;
	with(KEYS, "keys = release\n", "");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const struct moment *moment =
		    while_suspended(others[i].subject, others[i].name);

		assert_int_equal(
		    request("sign -k release -f raw", moment), REASON_OK);
		assert_int_equal(line(1, HASH_SHA256, "", moment), REASON_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lets_the_right_key_of_the_right_user_in),
		cmocka_unit_test(refuses_other_users_and_keys_at_the_door),
		cmocka_unit_test(looks_at_both_lists_of_addresses),
		cmocka_unit_test(
		    expires_a_client_key_after_the_second_that_it_names),
		cmocka_unit_test(keeps_a_profiles_dates_to_the_second),
		cmocka_unit_test(
		    keeps_a_keys_dates_to_the_second_for_signing_only),
		cmocka_unit_test(allows_all_verbs_unless_some_are_listed),
		cmocka_unit_test(
		    fills_in_what_was_left_out_where_there_is_one_choice),
		cmocka_unit_test(takes_the_format_from_the_default),
		cmocka_unit_test(asks_which_one_where_there_are_several),
		cmocka_unit_test(means_raw_where_nobody_lists_formats),
		cmocka_unit_test(
		    refuses_keys_that_are_not_granted_whether_they_exist_or_not),
		cmocka_unit_test(refuses_everything_when_nothing_is_granted),
		cmocka_unit_test(
		    refuses_formats_and_names_the_line_that_decides),
		cmocka_unit_test(keeps_raw_and_wrapped_apart),
		cmocka_unit_test(
		    refuses_hashes_and_names_the_line_that_decides),
		cmocka_unit_test(counts_lines_to_the_last_one),
		cmocka_unit_test(wants_names_that_match),
		cmocka_unit_test(looks_at_the_address_again_with_each_request),
		cmocka_unit_test(tells_which_keys_a_profile_grants),
		cmocka_unit_test(refuses_a_client_that_is_suspended),
		cmocka_unit_test(refuses_to_sign_with_a_key_that_is_suspended),
		cmocka_unit_test(lets_pass_what_is_not_suspended),
		cmocka_unit_test(means_the_generation_of_the_moment),
		cmocka_unit_test(refuses_before_the_first_generation_starts),
	};

	return cmocka_run_group_tests(tests, NULL, drop_tree);
}

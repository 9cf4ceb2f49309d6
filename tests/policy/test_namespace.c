/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may make SSH signatures for what: key, profile and tenants must allow
 * it, and nobody's silence allows anything.
 */
#include "policy/namespace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/lint.h"
#include "policy/rights.h"
#include "support_tenant.h"

static const struct format_word formats[] = {
	{ .name = "raw" },
	{ .name = "cms", .wrapped = true },
	{ .name = "sshsig", .wrapped = true, .needs = FORMAT_NEEDS_NAMESPACE },
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))
#define KEY(words)                         \
	"[key release]\n"                  \
	"token = t\n"                      \
	"object = pkcs11:object=release\n" \
	"use = wrapped\n" words
#define PROFILE(words) "[profile ci]\nkeys = release\n" words

static struct tree *tree;
static struct verdict verdict;
static struct grant grant;

static void
with(const char *keys, const char *profiles)
{
	const struct texts texts = { .keys = keys, .profiles = profiles };
	struct told told;

	tree_free(tree);
	tree = tree_of_formats(&texts, formats, FORMATS, &told);
	assert_string_equal(told.text, "");
}

static enum reason
ask_as(const struct client_key *client, const char *text)
{
	const struct moment moment = { .address = "10.2.0.7", .now = 1 };
	struct command command;
	struct text_error error;

	assert_int_equal(command_parse(text, &command, &error), 0);
	return decide_request(
	    tree, client, &command, &moment, &grant, &verdict);
}

static enum reason
ask(const char *text)
{
	return ask_as(tree_client(tree, 0), text);
}

static void
assert_granted(const char *command, const char *namespace)
{
	assert_int_equal(ask(command), REASON_OK);
	assert_string_equal(grant.namespace, namespace);
}

static void
assert_refused(const char *command, enum reason reason, const char *text,
    const char *file, unsigned line)
{
	assert_int_equal(ask(command), reason);
	assert_string_equal(verdict.text, text);
	assert_string_equal(verdict.rule.file, file);
	assert_int_equal(verdict.rule.line, line);
}

static void
who_says_nothing_grants_none(void **state)
{
	static const char text[] =
	    "no namespace is granted for key release; an admin grants some "
	    "with a line in [key release]: namespaces = file, git";
	struct rights rights;

	(void)state;
	with(KEY("formats = sshsig\n"), PROFILE(""));
	assert_refused("sign", REASON_NAMESPACE, text, "keys.d/k.conf", 1);
	assert_refused("sign --namespace file", REASON_NAMESPACE, text,
	    "keys.d/k.conf", 1);
	assert_refused(
	    "agent -k release", REASON_NAMESPACE, text, "keys.d/k.conf", 1);
	rights_of(tree, tree_profile(tree, 0), tree_key(tree, 0), &rights);
	assert_false(rights_sign(&rights));
}

static void
the_key_or_the_profile_alone_can_say_it(void **state)
{
	(void)state;
	with(KEY("formats = sshsig\nnamespaces = file\n"), PROFILE(""));
	assert_granted("sign", "file");
	assert_granted("sign --namespace file", "file");
	assert_granted("agent -k release", "file");
	with(KEY("formats = sshsig\n"), PROFILE("namespaces = git, x@y\n"));
	assert_granted("sign --namespace x@y", "x@y");
	assert_refused("sign --namespace file", REASON_NAMESPACE,
	    "you may not use namespace file with key release; allowed: git, "
	    "x@y",
	    "profiles.d/p.conf", 3);
}

static void
both_must_have_what_both_say(void **state)
{
	struct rights rights;

	(void)state;
	with(KEY("formats = sshsig\nnamespaces = file, git, other\n"),
	    PROFILE("namespaces = git third\n"));
	assert_granted("sign", "git");
	assert_refused("sign --namespace other", REASON_NAMESPACE,
	    "you may not use namespace other with key release; allowed: git",
	    "profiles.d/p.conf", 3);
	assert_refused("check --namespace third", REASON_NAMESPACE,
	    "you may not use namespace third with key release; allowed: git",
	    "keys.d/k.conf", 6);
	with(KEY("formats = sshsig\nnamespaces = file\n"),
	    PROFILE("namespaces = git\n"));
	assert_refused("sign", REASON_NAMESPACE,
	    "the profile ci and the key release have no namespace in common",
	    "profiles.d/p.conf", 3);
	rights_of(tree, tree_profile(tree, 0), tree_key(tree, 0), &rights);
	assert_false(rights_sign(&rights));
}

static void
which_of_several_is_asked_but_not_of_an_agent(void **state)
{
	(void)state;
	with(KEY("formats = sshsig, cms\nnamespaces = file, git\n"),
	    PROFILE(""));
	assert_refused("sign -f sshsig", REASON_USAGE,
	    "say which namespace with --namespace; key release allows you: "
	    "file, git",
	    "keys.d/k.conf", 6);
	assert_granted("sign -f sshsig --namespace git", "git");
	assert_int_equal(ask("agent -k release"), REASON_OK);
	assert_string_equal(grant.format, "sshsig");
	assert_null(grant.namespace);
}

static void
other_formats_have_none(void **state)
{
	(void)state;
	with(KEY("formats = sshsig, cms\nnamespaces = file, git\n"),
	    PROFILE(""));
	assert_int_equal(ask("sign -f cms"), REASON_OK);
	assert_null(grant.namespace);
	assert_refused("sign -f cms --namespace file", REASON_USAGE,
	    "--namespace is for SSH signatures; format cms has none",
	    "keys.d/k.conf", 1);
}

static void
a_key_without_the_format_has_no_agent(void **state)
{
	struct rights rights;

	(void)state;
	with(KEY("formats = cms\nnamespaces = file\n"), PROFILE(""));
	assert_int_equal(ask("agent -k release"), REASON_FORMAT);
	with(KEY("formats = cms, sshsig\nnamespaces = file\n"),
	    PROFILE("verbs = agent\n"));
	assert_int_equal(ask("agent -k release"), REASON_OK);
	assert_int_equal(ask("sign -f sshsig"), REASON_VERB);
	/* Only what an agent makes is a right then. */
	rights_of(tree, tree_profile(tree, 0), tree_key(tree, 0), &rights);
	assert_true(rights_sign(&rights));
	assert_int_equal(rights.formats, 1 << 2);
}

static void
tenants_narrow_what_is_inside(void **state)
{
	static const struct team team = {
		.keys = "[key release]\ntoken = t\n"
			"object = pkcs11:object=team-1\nuse = wrapped\n"
			"formats = sshsig\nnamespaces = file\n",
		.profiles = TEAM_PROFILES,
		.authorized = "profile=\"ci\" " OTHER_KEY " ann\n",
	};
	static const char bounds[] =
	    "[tenant team]\n" BOUNDS "namespaces = git\n";
	struct told told = { .count = 0 };

	(void)state;
	with(KEY(""), PROFILE(""));
	tree_enter(tree, NULL, NULL);
	tree_add(tree, TREE_TENANTS, "tenants.d/team.conf", bounds,
	    strlen(bounds), told_add, &told);
	tree_finish(tree, told_add, &told);
	assert_string_equal(told.text, "");
	assert_int_equal(add_team(tree, "team", &team, &told), 1);
	assert_string_equal(told.text,
	    "tenants/team/keys.d/k.conf:6: key team/release: namespace file "
	    "is not among those of tenant team\n");
}

static void
a_tenants_bound_alone_grants_nothing(void **state)
{
	static const char bounds[] =
	    "[tenant team]\n" BOUNDS "namespaces = git\n";
	struct team team = { .profiles = TEAM_PROFILES,
		.authorized = "profile=\"ci\" " OTHER_KEY " ann\n" };
	struct told told = { .count = 0 };

	(void)state;
	with(KEY(""), PROFILE(""));
	tree_enter(tree, NULL, NULL);
	tree_add(tree, TREE_TENANTS, "tenants.d/team.conf", bounds,
	    strlen(bounds), told_add, &told);
	tree_finish(tree, told_add, &told);
	team.keys = "[key release]\ntoken = t\nobject = pkcs11:object=team-1\n"
		    "use = wrapped\nformats = sshsig\n";
	add_team(tree, "team", &team, &told);
	assert_string_equal(told.text, "");
	assert_int_equal(
	    ask_as(tree_client(tree, tree_clients(tree) - 1), "sign"),
	    REASON_NAMESPACE);
}

static void
keep_note(void *arg, const struct note *note)
{
	char *said = arg;

	if (strcmp(note->kind, "unusable") == 0)
		snprintf(said, MESSAGE_SIZE, "%s", note->text);
}

static void
lint_tells_of_a_format_without_one(void **state)
{
	const struct lint_time time = { 0 };
	char said[MESSAGE_SIZE] = "";

	(void)state;
	with(KEY("formats = cms, sshsig\n"), PROFILE(""));
	assert_int_equal(lint(tree, &time, keep_note, said), 0);
	assert_string_equal(said,
	    "profile ci and key release have no namespace for format sshsig: "
	    "say namespaces = file, git or so");
	said[0] = '\0';
	with(KEY("formats = cms, sshsig\nnamespaces = git\n"), PROFILE(""));
	assert_int_equal(lint(tree, &time, keep_note, said), 0);
	assert_string_equal(said, "");
	/* A key that lists no formats was not meant to have all of them. */
	with(KEY(""), PROFILE(""));
	assert_int_equal(lint(tree, &time, keep_note, said), 0);
	assert_string_equal(said, "");
}

static void
words_are_checked(void **state)
{
	static const struct {
		const char *value, *error;
	} bad[] = {
		{ "git*",
		    "\"git*\" is no namespace: at most 64 printable "
		    "characters without blanks, commas, quotes, \\, *, "
		    "? and !" },
		{ "file, file", "\"file\" is given twice" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char keys[512], wanted[512];
		const struct texts texts = { .keys = keys };
		struct told told;

		snprintf(
		    keys, sizeof(keys), KEY("namespaces = %s\n"), bad[i].value);
		snprintf(wanted, sizeof(wanted), "keys.d/k.conf:5: %s\n",
		    bad[i].error);
		tree_free(tree_of_formats(&texts, formats, FORMATS, &told));
		assert_string_equal(told.text, wanted);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_says_nothing_grants_none),
		cmocka_unit_test(the_key_or_the_profile_alone_can_say_it),
		cmocka_unit_test(both_must_have_what_both_say),
		cmocka_unit_test(which_of_several_is_asked_but_not_of_an_agent),
		cmocka_unit_test(other_formats_have_none),
		cmocka_unit_test(a_key_without_the_format_has_no_agent),
		cmocka_unit_test(tenants_narrow_what_is_inside),
		cmocka_unit_test(a_tenants_bound_alone_grants_nothing),
		cmocka_unit_test(lint_tells_of_a_format_without_one),
		cmocka_unit_test(words_are_checked),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	tree_free(tree);
	return failed;
}

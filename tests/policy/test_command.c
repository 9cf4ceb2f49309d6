/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/policy/split.c src/policy/verb.c src/policy/option.c */
#include "policy/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct command
parse(const char *text)
{
	struct command command;
	struct text_error error;

	assert_int_equal(command_parse(text, &command, &error), 0);
	return command;
}

static void
assert_refused(const char *text, const char *what)
{
	struct command command;
	struct text_error error;

	assert_int_equal(command_parse(text, &command, &error), -1);
	assert_string_equal(error.what, what);
}

static void
takes_nothing_for_the_greeting(void **state)
{
	(void)state;
	assert_int_equal(parse("").verb, VERB_GREETING);
	assert_int_equal(parse(" \t").verb, VERB_GREETING);
}

static void
takes_every_spelling_of_an_option(void **state)
{
	static const char *const spelled[] = { "sign -k release",
		"sign -krelease", "sign --key release", "sign --key=release",
		"  sign\t-k   release  ", "sign -k 'release'",
		"sign -k rel\"ease\"", "'sign' \"-k\" release" };

	(void)state;
	for (size_t i = 0; i < sizeof(spelled) / sizeof(spelled[0]); i++)
		assert_string_equal(parse(spelled[i]).key, "release");
}

static void
reads_all_options_of_sign(void **state)
{
	struct command c = parse("sign -k a -f raw-pss -o tar -i raw "
				 "--hash sha3-256 --keep-going");

	(void)state;
	assert_int_equal(c.verb, VERB_SIGN);
	assert_string_equal(c.key, "a");
	assert_string_equal(c.format, "raw-pss");
	assert_int_equal(c.output, OUTPUT_TAR);
	assert_int_equal(c.hash, HASH_SHA3_256);
	assert_true(c.raw_input);
	assert_true(c.keep_going);
	assert_false(c.atomic);
	c = parse("check --atomic --output=json --input=lines");
	assert_int_equal(c.verb, VERB_CHECK);
	assert_true(c.atomic);
	assert_false(c.raw_input);
	assert_int_equal(c.output, OUTPUT_JSON);
}

static void
gives_the_defaults_when_nothing_is_said(void **state)
{
	struct command c = parse("sign");

	(void)state;
	assert_string_equal(c.key, "");
	assert_string_equal(c.format, "");
	assert_int_equal(c.output, OUTPUT_LINES);
	assert_int_equal(c.hash, HASH_NONE);
	assert_int_equal(parse("pubkey a").form, FORM_PEM);
}

static void
reads_the_other_verbs(void **state)
{
	(void)state;
	assert_true(parse("whoami --json").json);
	assert_true(parse("keys --json").json);
	assert_false(parse("keys").json);
	assert_string_equal(parse("help sign").topic, "sign");
	assert_string_equal(parse("help").topic, "");
	assert_int_equal(parse("pubkey a --form der").form, FORM_DER);
	assert_int_equal(parse("pubkey --form=ssh a").form, FORM_SSH);
	assert_int_equal(parse("pubkey a --form jws-header --hash sha384").hash,
	    HASH_SHA384);
	assert_int_equal(parse("pubkey --form openpgp").form, FORM_OPENPGP);
	assert_int_equal(
	    parse("pubkey --form openpgp-trailer").form, FORM_OPENPGP_TRAILER);
	assert_string_equal(parse("pubkey -- a").key, "a");
	assert_string_equal(parse("cert a").key, "a");
}

static void
refuses_unknown_verbs_and_names_the_known(void **state)
{
	(void)state;
	assert_refused("ls -l",
	    "unknown verb \"ls\"; known: help, whoami, keys, pubkey, cert, "
	    "sign, check, tsa, agent, log");
	assert_refused("Sign",
	    "unknown verb \"Sign\"; known: help, whoami, keys, pubkey, cert, "
	    "sign, check, tsa, agent, log");
	assert_refused("approve 7",
	    "approve is not supported by this version; known: help, whoami, "
	    "keys, pubkey, cert, sign, check, tsa, agent, log");
	assert_refused("help pkcs11",
	    "pkcs11 is not supported by this version; known: help, whoami, "
	    "keys, pubkey, cert, sign, check, tsa, agent, log");
	assert_refused("''",
	    "unknown verb \"\"; known: help, whoami, keys, pubkey, cert, "
	    "sign, check, tsa, agent, log");
}

static void
refuses_unknown_options_and_names_the_known(void **state)
{
	(void)state;
	assert_refused("sign -x",
	    "sign has no option \"-x\"; it has -k, -f, -o, -i, --hash, "
	    "--keep-going, --atomic, --receipt, --namespace, --trailer");
	assert_refused("sign --keyring a",
	    "sign has no option \"--keyring\"; it has -k, -f, -o, -i, --hash, "
	    "--keep-going, --atomic, --receipt, --namespace, --trailer");
	assert_refused("sign --wait",
	    "sign has no option \"--wait\"; it has -k, -f, -o, -i, --hash, "
	    "--keep-going, --atomic, --receipt, --namespace, --trailer");
	assert_refused(
	    "cert --json a", "cert has no option \"--json\"; it has --next");
	assert_refused("sign --next",
	    "sign has no option \"--next\"; it has -k, -f, -o, -i, --hash, "
	    "--keep-going, --atomic, --receipt, --namespace, --trailer");
	assert_refused("cert --next=1 a", "--next takes no value");
	assert_refused(
	    "whoami -k a", "whoami has no option \"-k\"; it has --json");
}

static void
refuses_options_that_are_incomplete_or_repeated(void **state)
{
	(void)state;
	assert_refused("sign -k", "--key needs a value");
	assert_refused("sign --hash", "--hash needs a value");
	assert_refused("sign -k a --key=b", "--key is given twice");
	assert_refused("sign --atomic --atomic", "--atomic is given twice");
	assert_refused("sign --atomic=yes", "--atomic takes no value");
	assert_refused("sign --keep-going --atomic",
	    "--keep-going and --atomic exclude each other");
}

static void
refuses_values_that_do_not_exist(void **state)
{
	(void)state;
	assert_refused("sign -o zip",
	    "unknown output \"zip\"; known: lines, raw, tar, json");
	assert_refused(
	    "sign -i der", "unknown input \"der\"; known: lines, raw");
	assert_refused("sign --hash sha1",
	    "unknown hash \"sha1\"; known: sha256, sha384, sha512, sha3-256, "
	    "sha3-384, sha3-512");
	assert_refused("pubkey --form jwk a",
	    "unknown form \"jwk\"; known: pem, der, ssh, "
	    "allowed-signers, openpgp, openpgp-trailer, minisign, signify, "
	    "jws-header");
	assert_refused("sign --trailer 04",
	    "--trailer is 82 hex digits: what pubkey KEY --form "
	    "openpgp-trailer gives");
	assert_refused("sign -k ../a", "\"../a\" is not a key's name");
	assert_refused("sign -k ''", "\"\" is not a key's name");
	assert_refused("sign -k=a", "\"=a\" is not a key's name");
	assert_refused("sign -f a/b", "\"a/b\" is not a format's name");
}

static void
refuses_operands_that_nobody_asked_for(void **state)
{
	(void)state;
	assert_refused(
	    "whoami me", "unexpected \"me\"; write: whoami [--json]");
	assert_refused(
	    "cert a b", "unexpected \"b\"; write: cert [KEY] [--next]");
	assert_refused(
	    "help sign check", "unexpected \"check\"; write: help [VERB]");
	assert_refused("keys -", "unexpected \"-\"; write: keys [--json]");
}

static void
reads_what_log_is_asked(void **state)
{
	struct command c = parse("log proof "
				 "00112233445566778899aabbccddeeff"
				 "00112233445566778899AABBCCDDEEFF");

	(void)state;
	assert_int_equal(c.verb, VERB_LOG);
	assert_int_equal(c.log, LOG_PROOF);
	assert_int_equal(c.digest_len, 32);
	assert_int_equal(c.digest[31], 0xff);
	assert_int_equal(parse("log checkpoint").log, LOG_CHECKPOINT);
	c = parse("log since 18446744073709551615");
	assert_int_equal(c.log, LOG_SINCE);
	assert_true(c.seq == UINT64_MAX);
}

#define LOG_USAGE "log checkpoint | log proof DIGEST | log since SEQ"

static void
refuses_what_log_cannot_answer(void **state)
{
	(void)state;
	assert_refused("log", "write: " LOG_USAGE);
	assert_refused("log proof", "write: " LOG_USAGE);
	assert_refused("log since", "write: " LOG_USAGE);
	assert_refused("log all", "unexpected \"all\"; write: " LOG_USAGE);
	assert_refused(
	    "log checkpoint 1", "unexpected \"1\"; write: " LOG_USAGE);
	assert_refused("log since 1 2", "unexpected \"2\"; write: " LOG_USAGE);
	assert_refused("log since 0", "\"0\" is no record's number: 1 or more");
	assert_refused(
	    "log proof 00", "\"00\" is no digest: 64, 96 or 128 hex digits");
	assert_refused("log --json checkpoint",
	    "log has no option \"--json\"; it has none");
}

static void
takes_a_receipt_where_it_can_be_written(void **state)
{
	(void)state;
	assert_true(parse("sign --receipt -o tar").receipt);
	assert_true(parse("check -o json --receipt").receipt);
	assert_false(parse("sign -o json").receipt);
	assert_refused("sign --receipt", "--receipt needs -o tar or -o json");
	assert_refused(
	    "sign --receipt -o raw", "--receipt needs -o tar or -o json");
}

static void
expands_nothing(void **state)
{
	(void)state;
	assert_refused("sign -k $HOME", "\"$HOME\" is not a key's name");
	assert_refused("sign -k `id`", "\"`id`\" is not a key's name");
	assert_refused("whoami; id",
	    "unknown verb \"whoami;\"; known: help, whoami, keys, pubkey, "
	    "cert, sign, check, tsa, agent, log");
	assert_refused("sign -k a\\ b", "\"a\\\" is not a key's name");
	assert_refused("sign -k '*'", "\"*\" is not a key's name");
}

static void
refuses_open_quotes_and_unprintable_bytes(void **state)
{
	(void)state;
	assert_refused("sign -k 'a", "a quote is not closed in the command");
	assert_refused("sign -k \"a'", "a quote is not closed in the command");
	assert_refused(
	    "sign\n-k a", "the command may hold printable ASCII only");
	assert_refused(
	    "sign -k \xc3\xa4", "the command may hold printable ASCII only");
	assert_refused(
	    "sign \x7f", "the command may hold printable ASCII only");
}

static void
refuses_commands_without_end(void **state)
{
	char text[COMMAND_SIZE + 1];

	(void)state;
	memset(text, ' ', sizeof(text));
	text[COMMAND_SIZE] = '\0';
	assert_refused(text, "the command is over 4095 bytes");
	text[COMMAND_SIZE - 1] = '\0';
	assert_int_equal(parse(text).verb, VERB_GREETING);
	for (size_t i = 0; i < 33; i++)
		memcpy(text + 2 * i, "a ", 2);
	assert_refused(text, "the command has over 32 words");
	memset(text, '\'', COMMAND_SIZE - 1);
	assert_refused(text, "a quote is not closed in the command");
}

static void
has_a_word_usage_and_help_for_every_verb(void **state)
{
	(void)state;
	for (enum verb v = VERB_HELP; v < VERB_COUNT; v++) {
		const char *word = verb_word(v), *help = verb_help(v);

		assert_int_equal(verb_by_word(word), v);
		assert_memory_equal(verb_usage(v), word, strlen(word));
		assert_int_equal(help[strlen(help) - 1], '\n');
	}
	assert_int_equal(verb_by_word(""), VERB_COUNT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_nothing_for_the_greeting),
		cmocka_unit_test(takes_every_spelling_of_an_option),
		cmocka_unit_test(reads_all_options_of_sign),
		cmocka_unit_test(gives_the_defaults_when_nothing_is_said),
		cmocka_unit_test(reads_the_other_verbs),
		cmocka_unit_test(refuses_unknown_verbs_and_names_the_known),
		cmocka_unit_test(refuses_unknown_options_and_names_the_known),
		cmocka_unit_test(
		    refuses_options_that_are_incomplete_or_repeated),
		cmocka_unit_test(refuses_values_that_do_not_exist),
		cmocka_unit_test(refuses_operands_that_nobody_asked_for),
		cmocka_unit_test(reads_what_log_is_asked),
		cmocka_unit_test(refuses_what_log_cannot_answer),
		cmocka_unit_test(takes_a_receipt_where_it_can_be_written),
		cmocka_unit_test(expands_nothing),
		cmocka_unit_test(refuses_open_quotes_and_unprintable_bytes),
		cmocka_unit_test(refuses_commands_without_end),
		cmocka_unit_test(has_a_word_usage_and_help_for_every_verb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

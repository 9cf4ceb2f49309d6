/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/audit/note_parse.c */
#include "audit/note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support_notary.h"

/* c2sp.org/signed-note's example. */
#define VKEY \
	"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define VKEY_TEXT "This is an example message.\n"
#define VKEY_SIGNATURE                                                         \
	"Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3" \
	"mFXmRKuwHjG1Yu72IneyaQM="

/* c2sp.org/tlog-checkpoint's example, whose key is not known. */
#define ORIGIN "example.com/behind-the-sofa"
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
#define TEXT ORIGIN "\n20852163\n" ROOT "\n"
#define SIGNED                                                                 \
	"\xe2\x80\x94 " ORIGIN " Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeO" \
	"oRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
#define EXAMPLE TEXT "\n" SIGNED

static int
parse(const char *note, struct signed_checkpoint *ret)
{
	struct text_error err = { .what = "" };
	int rv = checkpoint_parse(note, strlen(note), ret, &err);

	assert_true(rv == 0 || err.what[0] != '\0');
	return rv;
}

static void
assert_refused(const char *note, unsigned line, const char *what)
{
	struct signed_checkpoint c = { .count = 77 };
	struct text_error err;

	assert_int_equal(checkpoint_parse(note, strlen(note), &c, &err), -1);
	assert_string_equal(err.what, what);
	assert_int_equal(err.line, line);
	assert_int_equal(c.count, 77);
}

static void
names_are_printable_without_blank_and_plus(void **state)
{
	char name[NOTE_NAME + 1];

	(void)state;
	assert_true(note_name_is_good("a"));
	assert_true(note_name_is_good(NOTARY));
	assert_false(note_name_is_good(""));
	assert_false(note_name_is_good("a b"));
	assert_false(note_name_is_good("a+b"));
	assert_false(note_name_is_good("a\tb"));
	assert_false(note_name_is_good("a\nb"));
	assert_false(note_name_is_good("caf\xc3\xa9"));
	memset(name, 'x', sizeof(name));
	name[NOTE_NAME] = '\0';
	assert_false(note_name_is_good(name));
	name[NOTE_NAME - 1] = '\0';
	assert_true(note_name_is_good(name));
}

static void
the_specified_example_verifies(void **state)
{
	uint8_t bytes[4 + NOTE_SIGNATURE];
	char text[] = VKEY_TEXT, vkey[NOTE_VKEY];
	struct text_error err;
	struct note_key key;
	size_t len;

	(void)state;
	assert_int_equal(note_key_parse(VKEY, &key, &err), 0);
	assert_string_equal(key.name, "example.com/foo");
	assert_int_equal(key.id, 0x530d903a);
	note_key_text(&key, vkey);
	assert_string_equal(vkey, VKEY);
	assert_int_equal(base64_decode(VKEY_SIGNATURE, strlen(VKEY_SIGNATURE),
			     bytes, sizeof(bytes), &len),
	    0);
	assert_int_equal(note_check(&key, text, strlen(text), bytes + 4), 0);
	note_signature_text(&key, bytes + 4, vkey);
	assert_string_equal(vkey, VKEY_SIGNATURE);
	for (size_t i = 0; i < strlen(VKEY_TEXT); i++) {
		text[i] ^= 1;
		assert_int_equal(
		    note_check(&key, text, strlen(text), bytes + 4), -1);
		text[i] ^= 1;
	}
	for (size_t i = 4; i < sizeof(bytes); i++) {
		bytes[i] ^= 1;
		assert_int_equal(
		    note_check(&key, text, strlen(text), bytes + 4), -1);
		bytes[i] ^= 1;
	}
}

static void
refuses_every_changed_byte_of_a_vkey(void **state)
{
	char text[] = VKEY;
	struct text_error err;
	struct note_key key;

	(void)state;
	for (size_t i = 0; i < strlen(VKEY); i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			text[i] ^= (char)(1 << bit);
			assert_int_equal(note_key_parse(text, &key, &err), -1);
			text[i] ^= (char)(1 << bit);
		}
	}
	for (size_t i = 0; i < strlen(VKEY); i++) {
		text[i] = '\0';
		assert_int_equal(note_key_parse(text, &key, &err), -1);
		text[i] = VKEY[i];
	}
}

static void
says_what_is_wrong_with_a_vkey(void **state)
{
	static const struct {
		const char *text, *what;
	} wrong[] = {
		{ "", "not NAME+ID+KEY" },
		{ "name", "not NAME+ID+KEY" },
		{ "name+530d903a", "not NAME+ID+KEY" },
		{ "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		    "the key's name is not good" },
		{ "example.com/foo+530d903a+", "not an Ed25519 key" },
		{ "example.com/foo+530d903a+AA==", "not an Ed25519 key" },
		{ "example.com/foo+530d903a+"
		  "AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		    "not an Ed25519 key" },
		{ VKEY "A", "not an Ed25519 key" },
		{ VKEY "AAAA", "not an Ed25519 key" },
		{ "example.com/foo+530D903A+"
		  "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		    "the ID is not that of the key" },
		{ "example.com/fob+530d903a+"
		  "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		    "the ID is not that of the key" },
	};
	struct text_error err;
	struct note_key key;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_int_equal(note_key_parse(wrong[i].text, &key, &err), -1);
		assert_string_equal(err.what, wrong[i].what);
	}
}

static void
reads_the_specified_checkpoint(void **state)
{
	struct signed_checkpoint c;
	char text[CHECKPOINT_TEXT];

	(void)state;
	assert_int_equal(parse(EXAMPLE, &c), 0);
	assert_string_equal(c.checkpoint.origin, ORIGIN);
	assert_int_equal(c.checkpoint.size, 20852163);
	assert_int_equal(c.text_len, strlen(TEXT));
	assert_int_equal(c.count, 1);
	assert_string_equal(c.signature[0].name, ORIGIN);
	assert_int_equal(c.signature[0].id, 0x033de0ae);
	assert_int_equal(c.signature[0].len, NOTE_SIGNATURE);
	assert_int_equal(checkpoint_text(&c.checkpoint, text), strlen(TEXT));
	assert_string_equal(text, TEXT);
}

static const struct checkpoint sample = { NOTARY, 1042, { 1, 2, 3 } };

static void
what_is_written_verifies(void **state)
{
	struct signed_checkpoint c;
	char note[CHECKPOINT_NOTE];
	struct note_key keys[2];
	struct text_error err;
	size_t len;

	(void)state;
	notary_key(1, NOTARY, &keys[0]);
	notary_key(0, NOTARY, &keys[1]);
	len = notary_note(&sample, note);
	assert_int_equal(len, strlen(note));
	assert_int_equal(parse(note, &c), 0);
	assert_memory_equal(&c.checkpoint, &sample, sizeof(sample));
	assert_int_equal(checkpoint_signer(note, &c, keys, 2, &err), 1);
	assert_int_equal(checkpoint_signer(note, &c, keys + 1, 1, &err), 0);
	assert_int_equal(checkpoint_signer(note, &c, keys, 1, &err), -1);
	assert_string_equal(err.what, "signed by no key that was given");
	assert_int_equal(checkpoint_signer(note, &c, NULL, 0, &err), -1);
}

static void
the_largest_checkpoint_fits(void **state)
{
	struct checkpoint large = { .size = INT64_MAX };
	struct signed_checkpoint c;
	char note[CHECKPOINT_NOTE];
	size_t len;

	(void)state;
	memset(large.origin, 'x', NOTE_NAME - 1);
	memset(large.root, 0xff, sizeof(large.root));
	len = notary_note(&large, note);
	assert_int_equal(len, strlen(note));
	assert_int_equal(parse(note, &c), 0);
	assert_memory_equal(&c.checkpoint, &large, sizeof(large));
}

static bool
verifies(const char *note, size_t len, const struct note_key *key)
{
	struct signed_checkpoint c;
	struct text_error err;

	return checkpoint_parse(note, len, &c, &err) == 0 &&
	    checkpoint_signer(note, &c, key, 1, &err) == 0;
}

static void
refuses_every_changed_byte(void **state)
{
	char note[CHECKPOINT_NOTE];
	struct note_key key;
	size_t len = notary_note(&sample, note);

	(void)state;
	notary_key(0, NOTARY, &key);
	for (size_t i = 0; i < len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			note[i] ^= (char)(1 << bit);
			assert_false(verifies(note, len, &key));
			note[i] ^= (char)(1 << bit);
		}
		assert_false(verifies(note, i, &key));
	}
	assert_true(verifies(note, len, &key));
	note[len] = '\n';
	assert_false(verifies(note, len + 1, &key));
	note[len] = '\0';
	assert_false(verifies(note, len + 1, &key));
}

/* Whose name is the origin: another log's key signs nothing here. */
static void
a_key_signs_only_its_own_origin(void **state)
{
	char text[CHECKPOINT_TEXT], other[NOTE_SIGNATURE_TEXT];
	char note[2 * CHECKPOINT_NOTE];
	uint8_t signature[NOTE_SIGNATURE];
	struct signed_checkpoint c;
	struct text_error err;
	struct note_key key;

	(void)state;
	notary_key(0, "other.example.org/log", &key);
	notary_sign(0, text, checkpoint_text(&sample, text), signature);
	note_signature_text(&key, signature, other);
	snprintf(note, sizeof(note), "%s\n\xe2\x80\x94 %s %s\n", text, key.name,
	    other);
	assert_int_equal(parse(note, &c), 0);
	assert_int_equal(
	    note_check(&key, note, c.text_len, c.signature[0].bytes), 0);
	assert_int_equal(checkpoint_signer(note, &c, &key, 1, &err), -1);
}

static void
extension_lines_are_signed_and_read_over(void **state)
{
	char text[CHECKPOINT_TEXT + 64], base64[NOTE_SIGNATURE_TEXT];
	char note[2 * CHECKPOINT_NOTE];
	uint8_t signature[NOTE_SIGNATURE];
	struct note_key key;
	size_t len;

	(void)state;
	notary_key(0, NOTARY, &key);
	len = checkpoint_text(&sample, text);
	len += (size_t)snprintf(text + len, 64, "more\nand \xc3\xa9\n");
	notary_sign(0, text, len, signature);
	note_signature_text(&key, signature, base64);
	len = (size_t)snprintf(note, sizeof(note), "%s\n\xe2\x80\x94 %s %s\n",
	    text, key.name, base64);
	assert_true(verifies(note, len, &key));
	strstr(note, "more")[0] = 'M';
	assert_false(verifies(note, len, &key));
}

/* Witnesses: other names, other lengths, names that are not our kind. */
static void
other_signers_are_read_over(void **state)
{
	char note[NOTE_MAX + 1], name[200], large[BASE64_SIZE(2424)];
	uint8_t bytes[2424] = { 9 };
	struct signed_checkpoint c;
	struct text_error err;
	struct note_key key;
	size_t len;

	(void)state;
	notary_key(0, NOTARY, &key);
	len = notary_note(&sample, note);
	memset(name, 'w', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	base64_encode(bytes, sizeof(bytes), true, large);
	len += (size_t)snprintf(note + len, sizeof(note) - len,
	    "\xe2\x80\x94 %s %s\n\xe2\x80\x94 caf\xc3\xa9 AAAAAAA=\n"
	    "\xe2\x80\x94 " NOTARY " AAAAAAA=\n",
	    name, large);
	assert_int_equal(parse(note, &c), 0);
	assert_int_equal(c.count, 4);
	assert_string_equal(c.signature[1].name, "");
	assert_int_equal(c.signature[1].len, 2420);
	assert_string_equal(c.signature[2].name, "");
	assert_int_equal(c.signature[3].len, 1);
	assert_int_equal(checkpoint_signer(note, &c, &key, 1, &err), 0);
}

/* A good signature does not save a note with a bad one of a known key. */
static void
one_wrong_signature_spoils_the_note(void **state)
{
	char text[CHECKPOINT_TEXT], a[NOTE_SIGNATURE_TEXT];
	char b[NOTE_SIGNATURE_TEXT], note[2 * CHECKPOINT_NOTE];
	uint8_t signature[NOTE_SIGNATURE];
	struct signed_checkpoint c;
	struct text_error err;
	struct note_key keys[2];

	(void)state;
	notary_key(0, NOTARY, &keys[0]);
	notary_key(1, NOTARY, &keys[1]);
	notary_sign(0, text, checkpoint_text(&sample, text), signature);
	note_signature_text(&keys[0], signature, a);
	note_signature_text(&keys[1], signature, b);
	snprintf(note, sizeof(note),
	    "%s\n\xe2\x80\x94 " NOTARY " %s\n\xe2\x80\x94 " NOTARY " %s\n",
	    text, a, b);
	assert_int_equal(parse(note, &c), 0);
	assert_int_equal(checkpoint_signer(note, &c, keys, 1, &err), 0);
	assert_int_equal(checkpoint_signer(note, &c, keys, 2, &err), -1);
	assert_string_equal(err.what, "the signature of " NOTARY " is wrong");
	/* Its name and id, but too short to be a signature of it. */
	snprintf(
	    note, sizeof(note), "%s\n\xe2\x80\x94 " NOTARY " %.8s\n", text, a);
	assert_int_equal(parse(note, &c), 0);
	assert_int_equal(checkpoint_signer(note, &c, keys, 1, &err), -1);
}

static void
sixteen_signers_and_no_more(void **state)
{
	char note[NOTE_MAX + 1];
	struct signed_checkpoint c;
	size_t len = strlen(EXAMPLE);

	(void)state;
	memcpy(note, EXAMPLE, len + 1);
	for (unsigned i = 1; i < NOTE_SIGNERS; i++, len += strlen(SIGNED))
		memcpy(note + len, SIGNED, strlen(SIGNED) + 1);
	assert_int_equal(parse(note, &c), 0);
	assert_int_equal(c.count, NOTE_SIGNERS);
	memcpy(note + len, SIGNED, strlen(SIGNED) + 1);
	assert_refused(note, 4 + NOTE_SIGNERS + 1, "too many signatures");
}

static void
refuses_what_is_no_note(void **state)
{
	char large[NOTE_MAX + 2];

	(void)state;
	assert_refused("", 1, "no origin");
	assert_refused("origin", 1, "no origin");
	assert_refused("\n1\n" ROOT "\n\n" SIGNED, 1, "the origin is no name");
	assert_refused(
	    "a b\n1\n" ROOT "\n\n" SIGNED, 1, "the origin is no name");
	assert_refused("a\n\n" ROOT "\n\n" SIGNED, 2, "the size is no number");
	assert_refused(TEXT SIGNED, 5, "no blank line before the signatures");
	assert_refused(TEXT, 4, "no blank line before the signatures");
	assert_refused(TEXT "\n", 4, "no signature");
	assert_refused(TEXT "\n" SIGNED "\n", 6, "not a signature's line");
	assert_refused(TEXT "\nmore\n\n" SIGNED, 5, "not a signature's line");
	assert_refused(EXAMPLE "x", 6, "a line without its end");
	assert_refused(TEXT "\r\n" SIGNED, 0, "not the text of a note");
	assert_refused(TEXT "\xff\n\n" SIGNED, 0, "not the text of a note");
	assert_refused(TEXT "\x01\n\n" SIGNED, 0, "not the text of a note");
	memset(large, 'x', sizeof(large));
	memcpy(large, TEXT, strlen(TEXT));
	large[NOTE_MAX + 1] = '\0';
	assert_refused(large, 0, "not the text of a note");
}

static void
refuses_sizes_that_are_not_written_as_ours(void **state)
{
	static const char *const wrong[] = { "00", "01", "+1", "-1", " 1", "1 ",
		"0x1", "1.0", "9223372036854775808", "99999999999999999999",
		"123456789012345678901234567890" };
	char note[1024];
	struct signed_checkpoint c;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		snprintf(note, sizeof(note), "%s\n%s\n%s\n\n%s", ORIGIN,
		    wrong[i], ROOT, SIGNED);
		assert_refused(note, 2, "the size is no number");
	}
	assert_int_equal(parse("a\n0\n" ROOT "\n\n" SIGNED, &c), 0);
	assert_int_equal(
	    parse("a\n9223372036854775807\n" ROOT "\n\n" SIGNED, &c), 0);
	assert_int_equal(c.checkpoint.size, INT64_MAX);
}

static void
refuses_roots_that_are_no_canonical_hash(void **state)
{
	static const char *const wrong[] = { "", "AA==",
		/* 31 and 33 bytes; stray bits; no padding; another alphabet */
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=",
		"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I",
		"CsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=",
		"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I= ",
		" CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=" };
	char note[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		snprintf(note, sizeof(note), "%s\n1\n%s\n\n%s", ORIGIN,
		    wrong[i], SIGNED);
		assert_refused(note, 3, "the root is no hash");
	}
}

static void
refuses_malformed_signature_lines(void **state)
{
	static const struct {
		const char *line, *what;
	} wrong[] = {
		{ "- name AAAAAAA=\n", "not a signature's line" },
		{ "\xe2\x80\x94name AAAAAAA=\n", "not a signature's line" },
		{ "\xe2\x80\x93 name AAAAAAA=\n", "not a signature's line" },
		{ "\xe2\x80\x94\n", "not a signature's line" },
		{ "\xe2\x80\x94 \n", "the signer is no name" },
		{ "\xe2\x80\x94 name\n", "the signer is no name" },
		{ "\xe2\x80\x94  AAAAAAA=\n", "the signer is no name" },
		{ "\xe2\x80\x94 a+b AAAAAAA=\n", "the signer is no name" },
		{ "\xe2\x80\x94 name \n", "the signature is not base64" },
		{ "\xe2\x80\x94 name AAAAAA==\n",
		    "the signature is not base64" },
		{ "\xe2\x80\x94 name AAAAAAB=\n",
		    "the signature is not base64" },
		{ "\xe2\x80\x94 name AAAAAAA\n",
		    "the signature is not base64" },
		{ "\xe2\x80\x94 name AAAAAAA= \n",
		    "the signature is not base64" },
		{ "\xe2\x80\x94 name  AAAAAAA=\n",
		    "the signature is not base64" },
		{ "\xe2\x80\x94 name AAA=AAA=\n",
		    "the signature is not base64" },
	};
	char note[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		snprintf(note, sizeof(note), "%s%s", EXAMPLE, wrong[i].line);
		assert_refused(note, 6, wrong[i].what);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_printable_without_blank_and_plus),
		cmocka_unit_test(the_specified_example_verifies),
		cmocka_unit_test(refuses_every_changed_byte_of_a_vkey),
		cmocka_unit_test(says_what_is_wrong_with_a_vkey),
		cmocka_unit_test(reads_the_specified_checkpoint),
		cmocka_unit_test(what_is_written_verifies),
		cmocka_unit_test(the_largest_checkpoint_fits),
		cmocka_unit_test(refuses_every_changed_byte),
		cmocka_unit_test(a_key_signs_only_its_own_origin),
		cmocka_unit_test(extension_lines_are_signed_and_read_over),
		cmocka_unit_test(other_signers_are_read_over),
		cmocka_unit_test(one_wrong_signature_spoils_the_note),
		cmocka_unit_test(sixteen_signers_and_no_more),
		cmocka_unit_test(refuses_what_is_no_note),
		cmocka_unit_test(refuses_sizes_that_are_not_written_as_ours),
		cmocka_unit_test(refuses_roots_that_are_no_canonical_hash),
		cmocka_unit_test(refuses_malformed_signature_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

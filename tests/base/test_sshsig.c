/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sshsig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "base/text.h"

#define SPACE 4096

/* What differs from a good one, field by field. */
struct parts {
	const char *magic, *namespace, *reserved, *hash;
	uint32_t version;
	size_t digest_len;
};

static const struct parts good = { "SSHSIG", "git", "", "sha512", 1, 64 };

static void
put_text(struct writer *w, const char *text)
{
	put_bytes(w, text, strlen(text));
}

static void
put_front(struct writer *w, const struct parts *p, uint8_t space[SPACE])
{
	writer_init(w, space, SPACE);
	for (size_t i = 0; p->magic[i] != '\0'; i++)
		put_u8(w, (uint8_t)p->magic[i]);
}

static void
put_middle(struct writer *w, const struct parts *p)
{
	put_text(w, p->namespace);
	put_text(w, p->reserved);
	put_text(w, p->hash);
}

static size_t
message(const struct parts *p, uint8_t space[SPACE])
{
	uint8_t digest[128] = { 7 };
	struct writer w;

	put_front(&w, p, space);
	put_middle(&w, p);
	put_bytes(&w, digest, p->digest_len);
	assert_true(writer_ok(&w));
	return w.used;
}

static size_t
signature(const struct parts *p, uint8_t space[SPACE])
{
	struct writer w;

	put_front(&w, p, space);
	put_u32(&w, p->version);
	put_text(&w, "a key");
	put_middle(&w, p);
	put_text(&w, "a signature");
	assert_true(writer_ok(&w));
	return w.used;
}

static void
reads_a_message(void **state)
{
	struct parts p = good;
	struct sshsig_message m;
	uint8_t space[SPACE];
	size_t len;

	(void)state;
	len = message(&p, space);
	assert_int_equal(sshsig_message_get(space, len, &m), 0);
	assert_string_equal(m.namespace, "git");
	assert_int_equal(m.hash, HASH_SHA512);
	assert_int_equal(m.len, 64);
	assert_int_equal(m.digest[0], 7);
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(sshsig_message_get(space, cut, &m), -1);
	assert_int_equal(sshsig_message_get(space, len + 1, &m), -1);
	p.hash = "sha256";
	p.digest_len = 32;
	len = message(&p, space);
	assert_int_equal(sshsig_message_get(space, len, &m), 0);
	assert_int_equal(m.hash, HASH_SHA256);
}

static void
refuses_other_messages(void **state)
{
	static const struct parts bad[] = {
		{ "SSHSIH", "git", "", "sha512", 1, 64 },
		{ "sshsig", "git", "", "sha512", 1, 64 },
		{ "", "git", "", "sha512", 1, 64 },
		{ "SSHSIG", "", "", "sha512", 1, 64 },
		{ "SSHSIG", "two words", "", "sha512", 1, 64 },
		{ "SSHSIG", "git", "x", "sha512", 1, 64 },
		{ "SSHSIG", "git", "", "sha384", 1, 48 },
		{ "SSHSIG", "git", "", "sha1", 1, 20 },
		{ "SSHSIG", "git", "", "SHA512", 1, 64 },
		{ "SSHSIG", "git", "", "", 1, 64 },
		{ "SSHSIG", "git", "", "sha512", 1, 63 },
		{ "SSHSIG", "git", "", "sha512", 1, 65 },
		{ "SSHSIG", "git", "", "sha512", 1, 32 },
		{ "SSHSIG", "git", "", "sha256", 1, 64 },
		{ "SSHSIG", "git", "", "sha512", 1, 0 },
	};
	struct sshsig_message m;
	uint8_t space[SPACE];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    sshsig_message_get(space, message(&bad[i], space), &m), -1);
}

/* A login's message begins with the session id as a string. */
static void
a_login_is_no_message(void **state)
{
	uint8_t space[SPACE], id[32] = "SSHSIG";
	struct sshsig_message m;
	struct writer w;

	(void)state;
	writer_init(&w, space, sizeof(space));
	put_bytes(&w, id, sizeof(id));
	put_u8(&w, 50); /* SSH_MSG_USERAUTH_REQUEST */
	put_text(&w, "root");
	put_text(&w, "ssh-connection");
	put_text(&w, "publickey");
	put_u8(&w, 1);
	put_text(&w, "ssh-ed25519");
	put_text(&w, "a key");
	assert_int_equal(sshsig_message_get(space, w.used, &m), -1);
}

static void
reads_a_signature(void **state)
{
	struct parts p = good;
	struct sshsig s;
	uint8_t space[SPACE];
	size_t len;

	(void)state;
	len = signature(&p, space);
	assert_int_equal(sshsig_get(space, len, &s), 0);
	assert_string_equal(s.namespace, "git");
	assert_int_equal(s.hash, HASH_SHA512);
	assert_int_equal(s.key_len, 5);
	assert_memory_equal(s.key, "a key", 5);
	assert_int_equal(s.signature_len, 11);
	assert_memory_equal(s.signature, "a signature", 11);
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(sshsig_get(space, cut, &s), -1);
	assert_int_equal(sshsig_get(space, len + 1, &s), -1);
	p.version = 2;
	assert_int_equal(sshsig_get(space, signature(&p, space), &s), -1);
	p = good;
	p.reserved = "x";
	assert_int_equal(sshsig_get(space, signature(&p, space), &s), -1);
}

static void
knows_namespaces(void **state)
{
	static const char *const words[] = { "git", "file", "a@b.example",
		"https://x/", "~" };
	static const char *const bad[] = { "", "a b", "a,b", "a\"", "a\\", "a*",
		"?", "!git", "a\tb", "a\x7f", "\xc3\xa4", "a\n" };
	char text[NAMESPACE_SIZE + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_true(sshsig_is_namespace(words[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(sshsig_is_namespace(bad[i]));
	memset(text, 'n', sizeof(text));
	text[NAMESPACE_SIZE] = '\0';
	assert_false(sshsig_is_namespace(text));
	text[NAMESPACE_SIZE - 1] = '\0';
	assert_true(sshsig_is_namespace(text));
}

/* An armored text with lines of this width. */
static size_t
armor(size_t len, size_t width, char ret[SPACE])
{
	uint8_t bytes[1024];
	char base64[BASE64_SIZE(sizeof(bytes))];
	size_t left, used;
	const char *at = base64;

	memset(bytes, 0x5a, sizeof(bytes));
	left = base64_encode(bytes, len, true, base64);
	used = (size_t)snprintf(ret, SPACE, SSHSIG_BEGIN);
	while (left > 0) {
		size_t here = left < width ? left : width;

		used += (size_t)snprintf(
		    ret + used, SPACE - used, "%.*s\n", (int)here, at);
		at += here;
		left -= here;
	}
	return used + (size_t)snprintf(ret + used, SPACE - used, SSHSIG_END);
}

static void
reads_armor(void **state)
{
	char text[SPACE];
	uint8_t bytes[1024];
	size_t len, back;

	(void)state;
	/* 105 bytes fill two lines exactly. */
	for (size_t n = 1; n < 300; n++) {
		len = armor(n, 70, text);
		assert_int_equal(
		    sshsig_unarmor(text, len, bytes, sizeof(bytes), &back), 0);
		assert_int_equal(back, n);
		assert_int_equal(bytes[n - 1], 0x5a);
		assert_int_equal(
		    sshsig_unarmor(text, len, bytes, n - 1, &back), -1);
	}
}

static void
refuses_other_armor(void **state)
{
	char text[SPACE];
	uint8_t bytes[1024];
	size_t len, back;

	(void)state;
	for (size_t width = 60; width < 80; width++) {
		len = armor(300, width, text);
		assert_int_equal(
		    sshsig_unarmor(text, len, bytes, sizeof(bytes), &back),
		    width == 70 ? 0 : -1);
	}
	len = armor(100, 70, text);
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(
		    sshsig_unarmor(text, cut, bytes, sizeof(bytes), &back), -1);
	assert_int_equal(
	    sshsig_unarmor(text + 1, len - 1, bytes, sizeof(bytes), &back), -1);
	for (size_t i = 0; i < len; i++) {
		char was = text[i];

		text[i] = '\n';
		if (was != '\n')
			assert_int_equal(sshsig_unarmor(text, len, bytes,
					     sizeof(bytes), &back),
			    -1);
		text[i] = '\r';
		assert_int_equal(
		    sshsig_unarmor(text, len, bytes, sizeof(bytes), &back), -1);
		text[i] = was;
	}
}

/* More than any key has: it must not be read beyond the space. */
static void
refuses_long_armor(void **state)
{
	static char text[4 * SSHSIG_MAX];
	static uint8_t bytes[4 * SSHSIG_MAX];
	size_t used = (size_t)snprintf(text, sizeof(text), SSHSIG_BEGIN), back;

	(void)state;
	for (size_t i = 0; i < 2 * SSHSIG_MAX / 70; i++) {
		memset(text + used, 'A', 70);
		text[used + 70] = '\n';
		used += 71;
	}
	used += (size_t)snprintf(text + used, sizeof(text) - used, SSHSIG_END);
	assert_int_equal(
	    sshsig_unarmor(text, used, bytes, sizeof(bytes), &back), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_message),
		cmocka_unit_test(refuses_other_messages),
		cmocka_unit_test(a_login_is_no_message),
		cmocka_unit_test(reads_a_signature),
		cmocka_unit_test(knows_namespaces),
		cmocka_unit_test(reads_armor),
		cmocka_unit_test(refuses_other_armor),
		cmocka_unit_test(refuses_long_armor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support_openpgp.h"

#include <openssl/sha.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "format/midstate.h"
#include "format/openpgp_armor.h"

#define FILE_MAX 65536

struct openpgp_key test_openpgp[TEST_KEYS];
struct buf test_openpgp_file[TEST_KEYS];

void
test_certify(
    const struct test_key *k, const struct openpgp_wish *wish, struct buf *ret)
{
	struct openpgp_certify c;
	struct buf message;
	uint8_t digest[DIGEST_MAX], sig[2048];
	size_t len;

	buf_init(&message, FILE_MAX);
	buf_init(ret, FILE_MAX);
	assert_int_equal(
	    openpgp_certify_init(&c, k->spki, k->facts.spki_len, wish), 0);
	assert_int_equal(openpgp_certify_message(&c, &message, digest), 0);
	len = test_token_sign(k, openpgp_mech(k->type), c.said.hash, digest,
	    hash_size(c.said.hash), sig);
	assert_int_equal(openpgp_certify_finish(&c, sig, len, ret), 0);
	buf_release(&message);
	openpgp_certify_release(&c);
}

int
test_openpgp_make(void **state)
{
	const struct openpgp_wish wish = { .user_id =
					       "Release <release@example.org>",
		.created = 1767225600, /* 2026-01-01T00:00:00Z */
		.now = 1767225600 };
	char text[MESSAGE_SIZE];

	if (test_keys_make(state) == -1)
		return -1;
	for (size_t i = 0; i < TEST_KEYS; i++) {
		struct test_key *k = &test_keys[i];

		test_certify(k, &wish, &test_openpgp_file[i]);
		buf_add(&test_openpgp_file[i], "", 1);
		if (openpgp_key_read(buf_at(&test_openpgp_file[i]), k->spki,
			k->facts.spki_len, &test_openpgp[i], text) == -1)
			return -1;
		k->facts.openpgp = &test_openpgp[i];
	}
	return 0;
}

int
test_openpgp_free(void **state)
{
	for (size_t i = 0; i < TEST_KEYS; i++)
		buf_release(&test_openpgp_file[i]);
	return test_keys_free(state);
}

void
test_openpgp_enter(size_t key)
{
	const struct buf *file = &test_openpgp_file[key];

	test_dir_enter();
	test_write("key.asc", buf_at(file), buf_len(file) - 1);
	assert_int_equal(test_run("mkdir -m 700 home && gpg --homedir home "
				  "--no-autostart --batch --import key.asc"),
	    0);
	assert_int_equal(
	    test_run("gpg --homedir home --batch --no-autostart --export "
		     ">key.gpg && test -s key.gpg"),
	    0);
}

void
test_openpgp_verifies(const char *signature, const char *file)
{
	assert_int_equal(test_run("gpg --homedir home --batch --no-autostart "
				  "--verify %s %s",
			     signature, file),
	    0);
	assert_int_equal(
	    test_run("gpgv --keyring ./key.gpg %s %s", signature, file), 0);
	if (*file != '\0')
		assert_int_equal(
		    test_run("sqv --keyring key.gpg %s %s", signature, file),
		    0);
}

void
test_openpgp_refuses(const char *signature, const char *file)
{
	assert_int_equal(test_run("! gpg --homedir home --batch "
				  "--no-autostart --verify %s %s",
			     signature, file),
	    0);
	assert_int_equal(
	    test_run("! gpgv --keyring ./key.gpg %s %s", signature, file), 0);
	if (*file != '\0')
		assert_int_equal(
		    test_run("! sqv --keyring key.gpg %s %s", signature, file),
		    0);
}

static void
put_chain(struct writer *w, enum hash hash, const void *file, size_t len)
{
	if (hash == HASH_SHA256) {
		SHA256_CTX ctx;

		SHA256_Init(&ctx);
		SHA256_Update(&ctx, file, len);
		for (size_t i = 0; i < 8; i++)
			put_u32(w, ctx.h[i]);
	} else {
		SHA512_CTX ctx;

		if (hash == HASH_SHA384)
			SHA384_Init(&ctx);
		else
			SHA512_Init(&ctx);
		SHA512_Update(&ctx, file, len);
		for (size_t i = 0; i < 8; i++)
			put_u64(w, ctx.h[i]);
	}
}

struct format_line
test_state_line(enum hash hash, const void *file, size_t len,
    uint8_t *state_space, uint8_t *digest_space)
{
	const uint8_t *bytes = file;
	size_t block = hash == HASH_SHA256 ? 64 : 128;
	struct writer w;

	writer_init(&w, state_space, TEST_STATE_MAX);
	put_chain(&w, hash, file, len);
	put_u64(&w, len);
	for (size_t i = len - len % block; i < len; i++)
		put_u8(&w, bytes[i]);
	assert_true(writer_ok(&w));
	assert_int_equal(
	    midstate_digest(hash, state_space, w.used, digest_space), 0);
	return (struct format_line){ .hash = hash,
		.digest = digest_space,
		.len = hash_size(hash),
		.name = "fw.bin",
		.extra = state_space,
		.extra_len = w.used };
}

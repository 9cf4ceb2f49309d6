/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of ssh-agent's protocol, good ones and others. */
#include "session/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "base/text.h"

#define SPACE 16384
#define KEY "a key in SSH's wire form"

static uint8_t space[SPACE];

/* What is signed: with the digest of a hash that is this long. */
static size_t
blob(uint8_t ret[512], const char *magic, const char *hash, size_t len)
{
	uint8_t digest[64] = { 9 };
	struct writer w;

	writer_init(&w, ret, 512);
	for (; *magic != '\0'; magic++)
		put_u8(&w, (uint8_t)*magic);
	put_bytes(&w, "git", 3);
	put_bytes(&w, "", 0);
	put_bytes(&w, hash, strlen(hash));
	put_bytes(&w, digest, len);
	assert_true(writer_ok(&w));
	return w.used;
}

/* A whole message around what was put behind the first five bytes. */
static size_t
finish(struct writer *w, uint8_t type)
{
	size_t len = w->used;
	struct writer head;

	assert_true(writer_ok(w));
	writer_init(&head, space, 5);
	put_u32(&head, (uint32_t)(len - 4));
	put_u8(&head, type);
	return len;
}

static void
begin(struct writer *w)
{
	writer_init(w, space, sizeof(space));
	put_u32(w, 0);
	put_u8(w, 0);
}

static size_t
sign_request(const char *magic, const char *hash, size_t digest_len)
{
	uint8_t data[512];
	struct writer w;

	begin(&w);
	put_bytes(&w, KEY, strlen(KEY));
	put_bytes(&w, data, blob(data, magic, hash, digest_len));
	put_u32(&w, 4);
	return finish(&w, 13);
}

/* One call for all of it. */
static enum agent_asks
read_all(const void *data, size_t len, struct agent_request *ret)
{
	struct agent_reader a = { 0 };
	enum agent_asks asks;
	struct buf in;

	buf_init(&in, (size_t)1 << 20);
	buf_add(&in, data, len);
	asks = agent_next(&a, &in, ret);
	if (asks != AGENT_NOTHING && asks != AGENT_BROKEN)
		assert_true(agent_at_end(&a, &in));
	buf_release(&in);
	return asks;
}

static void
reads_what_is_to_be_signed(void **state)
{
	struct agent_request r;
	size_t len = sign_request("SSHSIG", "sha512", 64);

	(void)state;
	assert_int_equal(read_all(space, len, &r), AGENT_SIGN);
	assert_int_equal(r.key_len, strlen(KEY));
	assert_memory_equal(r.key, KEY, strlen(KEY));
	assert_string_equal(r.message.namespace, "git");
	assert_int_equal(r.message.hash, HASH_SHA512);
	assert_int_equal(r.message.digest[0], 9);
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(read_all(space, cut, &r), AGENT_NOTHING);
}

static void
refuses_what_is_none_of_its_messages(void **state)
{
	struct agent_request r;
	size_t len;

	(void)state;
	len = sign_request("SSHSIH", "sha512", 64);
	assert_int_equal(read_all(space, len, &r), AGENT_OTHER);
	assert_non_null(strstr(r.what, "does not log in"));
	len = sign_request("", "sha512", 64);
	assert_int_equal(read_all(space, len, &r), AGENT_OTHER);
	len = sign_request("SSHSIG", "sha512", 32);
	assert_int_equal(read_all(space, len, &r), AGENT_OTHER);
	assert_non_null(strstr(r.what, "no SSH signature's message"));
	len = sign_request("SSHSIG", "sha1", 20);
	assert_int_equal(read_all(space, len, &r), AGENT_OTHER);
	len = sign_request("SSHSIG", "sha512", 64);
	/* A byte more, and one less, in a message that is long enough. */
	space[3]++;
	space[len] = 0;
	assert_int_equal(read_all(space, len + 1, &r), AGENT_OTHER);
	assert_non_null(strstr(r.what, "cannot be read"));
	space[3] -= 2;
	assert_int_equal(read_all(space, len - 1, &r), AGENT_OTHER);
}

static void
refuses_each_other_request(void **state)
{
	struct agent_request r;
	struct writer w;

	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		begin(&w);
		if (type == 13)
			put_u32(&w, 7);
		assert_int_equal(read_all(space, finish(&w, (uint8_t)type), &r),
		    type == 11 ? AGENT_IDENTITIES : AGENT_OTHER);
	}
	begin(&w);
	put_u8(&w, 0);
	assert_int_equal(read_all(space, finish(&w, 11), &r), AGENT_OTHER);
}

/* Long ones are passed over, however they come; longer ones are the end. */
static void
passes_over_long_messages(void **state)
{
	static const uint32_t lengths[] = { AGENT_KEPT_MAX + 1, 100000,
		AGENT_MESSAGE_MAX };
	static const uint8_t piece[1000], list[] = { 0, 0, 0, 1, 11 };
	struct agent_request r;
	struct writer w;
	uint8_t head[4];

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct agent_reader a = { 0 };
		uint32_t left = lengths[i];
		struct buf in;

		buf_init(&in, 8192);
		writer_init(&w, head, sizeof(head));
		put_u32(&w, left);
		buf_add(&in, head, sizeof(head));
		assert_int_equal(agent_next(&a, &in, &r), AGENT_OTHER);
		while (left > 0) {
			uint32_t n = left < 1000 ? left : 1000;

			assert_false(agent_at_end(&a, &in));
			buf_add(&in, piece, n);
			left -= n;
			assert_int_equal(
			    agent_next(&a, &in, &r), AGENT_NOTHING);
		}
		assert_true(agent_at_end(&a, &in));
		buf_add(&in, list, sizeof(list));
		assert_int_equal(agent_next(&a, &in, &r), AGENT_IDENTITIES);
		assert_false(in.bad);
		buf_release(&in);
	}
	writer_init(&w, head, sizeof(head));
	put_u32(&w, AGENT_MESSAGE_MAX + 1);
	assert_int_equal(read_all(head, sizeof(head), &r), AGENT_BROKEN);
	writer_init(&w, head, sizeof(head));
	put_u32(&w, 0);
	assert_int_equal(read_all(head, sizeof(head), &r), AGENT_BROKEN);
}

static void
takes_messages_one_by_one(void **state)
{
	struct agent_reader a = { 0 };
	struct agent_request r;
	struct buf in;
	size_t len = sign_request("SSHSIG", "sha256", 32);
	static const uint8_t list[] = { 0, 0, 0, 1, 11 };

	(void)state;
	buf_init(&in, SPACE);
	buf_add(&in, list, sizeof(list));
	buf_add(&in, space, len);
	buf_add(&in, list, sizeof(list));
	buf_add(&in, list, 3);
	assert_int_equal(agent_next(&a, &in, &r), AGENT_IDENTITIES);
	assert_int_equal(agent_next(&a, &in, &r), AGENT_SIGN);
	assert_int_equal(agent_next(&a, &in, &r), AGENT_IDENTITIES);
	assert_int_equal(agent_next(&a, &in, &r), AGENT_NOTHING);
	assert_false(agent_at_end(&a, &in));
	buf_release(&in);
}

static size_t
identities(uint32_t count, const char *name, uint8_t ret[512])
{
	struct writer w;

	writer_init(&w, ret, 512);
	put_u32(&w, count);
	put_bytes(&w, "another key", 11);
	put_bytes(&w, "other", 5);
	put_bytes(&w, KEY, strlen(KEY));
	put_bytes(&w, name, strlen(name));
	assert_true(writer_ok(&w));
	return w.used;
}

static void
finds_a_key_by_what_it_is(void **state)
{
	struct agent_request r = { .key_len = strlen(KEY) };
	uint8_t list[512];
	char name[NAME_SIZE];
	size_t len = identities(2, "team/release", list);

	(void)state;
	memcpy(r.key, KEY, strlen(KEY));
	assert_int_equal(agent_find(list, len, &r, name), 0);
	assert_string_equal(name, "team/release");
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(agent_find(list, cut, &r, name), -1);
	len = identities(1, "team/release", list);
	assert_int_equal(agent_find(list, len, &r, name), -1);
	len = identities(2, "not a name", list);
	assert_int_equal(agent_find(list, len, &r, name), -1);
	len = identities(2, "release", list);
	r.key[0] ^= 1;
	assert_int_equal(agent_find(list, len, &r, name), -1);
	r.key[0] ^= 1;
	r.key_len--;
	assert_int_equal(agent_find(list, len, &r, name), -1);
}

/* An armored answer with this key, and what was asked for it. */
static size_t
answer(const char *key, const char *namespace, char ret[2048])
{
	uint8_t bytes[512];
	char base64[BASE64_SIZE(sizeof(bytes))];
	struct writer w;
	size_t left, used;

	writer_init(&w, bytes, sizeof(bytes));
	for (const char *at = SSHSIG_MAGIC; *at != '\0'; at++)
		put_u8(&w, (uint8_t)*at);
	put_u32(&w, SSHSIG_VERSION);
	put_bytes(&w, key, strlen(key));
	put_bytes(&w, namespace, strlen(namespace));
	put_bytes(&w, "", 0);
	put_bytes(&w, "sha512", 6);
	put_bytes(&w, "the signature", 13);
	left = base64_encode(bytes, w.used, true, base64);
	used = (size_t)snprintf(ret, 2048, SSHSIG_BEGIN);
	for (const char *at = base64; left > 0; at += SSHSIG_COLUMNS) {
		size_t n = left < SSHSIG_COLUMNS ? left : SSHSIG_COLUMNS;

		used += (size_t)snprintf(
		    ret + used, 2048 - used, "%.*s\n", (int)n, at);
		left -= n;
	}
	return used + (size_t)snprintf(ret + used, 2048 - used, SSHSIG_END);
}

static void
takes_the_signature_out_of_its_armor(void **state)
{
	static const uint8_t wanted[] = "\0\0\0\x12\x0e\0\0\0\x0dthe signature";
	struct agent_request r = { .key_len = strlen(KEY),
		.message = { .namespace = "git", .hash = HASH_SHA512 } };
	char text[2048];
	struct buf out;
	size_t len = answer(KEY, "git", text);

	(void)state;
	memcpy(r.key, KEY, strlen(KEY));
	buf_init(&out, 4096);
	assert_int_equal(agent_put_signature(&out, &r, text, len), 0);
	assert_int_equal(buf_len(&out), sizeof(wanted) - 1);
	assert_memory_equal(buf_at(&out), wanted, sizeof(wanted) - 1);
	buf_consume(&out, buf_len(&out));

	/* Of a generation that came since, or of something else. */
	len = answer("a key in SSH's wire farm", "git", text);
	assert_int_equal(agent_put_signature(&out, &r, text, len), -1);
	len = answer(KEY, "file", text);
	assert_int_equal(agent_put_signature(&out, &r, text, len), -1);
	len = answer(KEY, "git", text);
	assert_int_equal(agent_put_signature(&out, &r, text, len - 1), -1);
	r.message.hash = HASH_SHA256;
	assert_int_equal(agent_put_signature(&out, &r, text, len), -1);
	assert_int_equal(buf_len(&out), 0);
	buf_release(&out);
}

static void
writes_the_other_answers(void **state)
{
	static const uint8_t wanted[] = "\0\0\0\1\x05\0\0\0\4\x0c"
					"abc";
	struct buf out;

	(void)state;
	buf_init(&out, 64);
	agent_put_failure(&out);
	agent_put_identities(&out, "abc", 3);
	assert_int_equal(buf_len(&out), sizeof(wanted) - 1);
	assert_memory_equal(buf_at(&out), wanted, sizeof(wanted) - 1);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_to_be_signed),
		cmocka_unit_test(refuses_what_is_none_of_its_messages),
		cmocka_unit_test(refuses_each_other_request),
		cmocka_unit_test(passes_over_long_messages),
		cmocka_unit_test(takes_messages_one_by_one),
		cmocka_unit_test(finds_a_key_by_what_it_is),
		cmocka_unit_test(takes_the_signature_out_of_its_armor),
		cmocka_unit_test(writes_the_other_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

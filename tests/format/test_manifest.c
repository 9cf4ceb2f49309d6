/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/manifest.c src/format/hashtree.c */
#include "support_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/hashtree.h"

#define FILES 7
#define MANY 10000

static const char *const names[FILES] = { "fw.bin", "dist/a b", "back\\slash",
	"new\nline", "-", "\xff", "last" };

static struct making
make(size_t key, struct format_line lines[FILES])
{
	static uint8_t space[FILES][DIGEST_MAX];
	struct making m = test_making(&test_keys[key], lines);

	for (size_t i = 0; i < FILES; i++)
		lines[i] = test_line(HASH_SHA256, names[i], names[i], space[i]);
	m.count = FILES;
	return m;
}

/* RFC 6962, 2.1, word for word. */
static void
root_of(const uint8_t *leaves, size_t n, uint8_t *ret)
{
	uint8_t both[1 + 2 * HASHTREE_HASH] = { 1 };
	size_t k = 1;

	if (n == 1) {
		memcpy(ret, leaves, HASHTREE_HASH);
		return;
	}
	while (2 * k < n)
		k *= 2;
	root_of(leaves, k, both + 1);
	root_of(leaves + k * HASHTREE_HASH, n - k, both + 1 + HASHTREE_HASH);
	assert_int_equal(
	    EVP_Digest(both, sizeof(both), ret, NULL, EVP_sha256(), NULL), 1);
}

static void
fill(struct hashtree *t, size_t n)
{
	assert_int_equal(hashtree_init(t, n), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(
		    hashtree_leaf(&i, sizeof(i), hashtree_at(t, i)), 0);
	assert_int_equal(hashtree_build(t), 0);
}

static void
is_the_tree_of_rfc_6962(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 70; n++) {
		uint8_t root[HASHTREE_HASH];
		struct hashtree t;

		fill(&t, n);
		root_of(t.level[0], n, root);
		assert_memory_equal(hashtree_root(&t), root, HASHTREE_HASH);
		hashtree_release(&t);
	}
}

static void
a_leaf_is_hashed_with_its_prefix(void **state)
{
	uint8_t ours[HASHTREE_HASH], theirs[HASHTREE_HASH];

	(void)state;
	assert_int_equal(hashtree_leaf("abc", 3, ours), 0);
	assert_int_equal(
	    EVP_Digest("\0abc", 4, theirs, NULL, EVP_sha256(), NULL), 1);
	assert_memory_equal(ours, theirs, HASHTREE_HASH);
}

/* One proof, with all that could be wrong about it. */
static void
check_proof(struct hashtree *t, size_t index)
{
	const uint8_t *found[HASHTREE_LEVELS];
	uint8_t proof[(HASHTREE_LEVELS + 1) * HASHTREE_HASH] = { 0 };
	uint8_t root[HASHTREE_HASH];
	size_t count = hashtree_proof(t, index, found);

	for (size_t i = 0; i < count; i++)
		memcpy(proof + i * HASHTREE_HASH, found[i], HASHTREE_HASH);
	assert_int_equal(hashtree_climb(hashtree_at(t, index), index, t->leaves,
			     proof, count, root),
	    0);
	assert_memory_equal(root, hashtree_root(t), HASHTREE_HASH);
	assert_int_equal(hashtree_climb(hashtree_at(t, index), index, t->leaves,
			     proof, count + 1, root),
	    -1);
	if (count > 0)
		assert_int_equal(hashtree_climb(hashtree_at(t, index), index,
				     t->leaves, proof, count - 1, root),
		    -1);
	assert_int_equal(hashtree_climb(hashtree_at(t, index), t->leaves,
			     t->leaves, proof, count, root),
	    -1);
	for (size_t other = 0; other < t->leaves; other++)
		if (other != index &&
		    hashtree_climb(hashtree_at(t, index), other, t->leaves,
			proof, count, root) == 0)
			assert_memory_not_equal(
			    root, hashtree_root(t), HASHTREE_HASH);
}

static void
proves_each_leaf_at_its_place_alone(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 34; n++) {
		struct hashtree t;

		fill(&t, n);
		for (size_t i = 0; i < n; i++)
			check_proof(&t, i);
		hashtree_release(&t);
	}
}

static void
no_tree_is_empty_or_endless(void **state)
{
	struct hashtree t;

	(void)state;
	assert_int_equal(hashtree_init(&t, 0), -1);
	hashtree_release(&t);
	assert_int_equal(hashtree_init(&t, HASHTREE_MAX + 1), -1);
	hashtree_release(&t);
}

static void
openssl_verifies_the_statement(void **state)
{
	static const size_t some[] = { TEST_RSA2048, TEST_P256, TEST_P521,
		TEST_ED25519 };
	struct format_line lines[FILES];
	char pem[8192];

	(void)state;
	test_dir_enter();
	for (size_t i = 0; i < 4; i++) {
		struct making m = make(some[i], lines);
		struct buf answer;

		m.index = i;
		assert_int_equal(
		    pubkey_pem(m.key->spki, m.key->spki_len, pem, sizeof(pem)),
		    0);
		test_write("key.pem", pem, strlen(pem));
		test_answer(format_by_name("manifest"), &m, &answer);
		test_write("answer", buf_at(&answer), buf_len(&answer));
		buf_release(&answer);
		assert_int_equal(
		    test_run("sed '/^$/,$d' answer >statement && sed -n "
			     "'s/^signature: //p' answer | base64 -d >sig && "
			     "openssl %s statement",
			some[i] == TEST_ED25519 ?
			    "pkeyutl -verify -rawin -pubin -inkey key.pem "
			    "-sigfile sig -in" :
			    "dgst -sha256 -verify key.pem -signature sig"),
		    0);
		assert_int_equal(
		    test_run("head -n 1 answer | grep -qx "
			     "'countersign-manifest v1' && grep -qx 'count: 7' "
			     "answer && grep -qx 'index: %zu' answer",
			i),
		    0);
	}
	test_dir_leave();
}

static void
refuses_a_byte_changed(void **state)
{
	struct format_line lines[FILES];
	struct making m = make(TEST_P256, lines);

	(void)state;
	for (m.index = 0; m.index < FILES; m.index += 2) {
		struct buf answer;

		test_answer(format_by_name("manifest"), &m, &answer);
		test_refuses_changes(format_by_name("manifest"), &m, &answer);
		buf_release(&answer);
	}
}

static void
no_answer_stands_for_another_line(void **state)
{
	const struct format *f = format_by_name("manifest");
	struct format_line lines[FILES];
	struct making m = make(TEST_P256, lines);
	struct opened opened;
	struct buf answer;

	(void)state;
	opened_init(&opened);
	m.index = 3;
	test_answer(f, &m, &answer);
	for (m.index = 0; m.index < FILES; m.index++)
		assert_int_equal(f->open(&m, (const uint8_t *)buf_at(&answer),
				     buf_len(&answer), &opened),
		    m.index == 3 ? 0 : -1);
	buf_release(&answer);
	opened_release(&opened);
}

struct counted {
	size_t calls;
	size_t stop;
};

static int
count(void *arg, size_t index, const uint8_t *answer, size_t len)
{
	struct counted *c = arg;

	(void)answer;
	assert_int_equal(index, c->calls);
	assert_true(len > 0);
	c->calls++;
	return c->calls == c->stop ? -1 : 0;
}

/* Every answer is checked, with the tree made twice only. */
static void
ten_thousand_lines_are_answered(void **state)
{
	static uint8_t digests[MANY][32];
	struct format_line *lines = calloc(MANY, sizeof(*lines));
	const struct format *f = format_by_name("manifest");
	struct making m = test_making(&test_keys[TEST_ED25519], lines);
	struct counted counted = { 0, MANY + 1 };
	uint8_t signature[2048];
	struct opened opened;
	struct buf input;
	size_t len;

	(void)state;
	m.count = MANY;
	for (size_t i = 0; i < MANY; i++) {
		memcpy(digests[i], &i, sizeof(i));
		lines[i] = (struct format_line){ .hash = HASH_SHA256,
			.digest = digests[i],
			.len = 32,
			.name = "a file" };
	}
	opened_init(&opened);
	buf_init(&input, 4096);
	assert_int_equal(f->input(&m, &input), 0);
	len = test_token_sign(&test_keys[TEST_ED25519], MECH_EDDSA, HASH_NONE,
	    buf_at(&input), buf_len(&input), signature);
	assert_int_equal(
	    answers_check(f, &m, signature, len, &opened, count, &counted), 0);
	assert_int_equal(counted.calls, MANY);
	counted = (struct counted){ 0, 7 };
	assert_int_equal(
	    answers_check(f, &m, signature, len, &opened, count, &counted), -1);
	assert_int_equal(counted.calls, 7);
	buf_release(&input);
	opened_release(&opened);
	free(lines);
}

static void
refuses_lines_of_several_hashes_or_without_names(void **state)
{
	const struct format *f = format_by_name("manifest");
	struct format_line lines[FILES];
	struct making m = make(TEST_P256, lines);
	uint8_t space[DIGEST_MAX];
	char text[MESSAGE_SIZE];
	struct buf input;

	(void)state;
	buf_init(&input, 4096);
	lines[4] = test_line(HASH_SHA512, "x", "x", space);
	assert_int_equal(f->input(&m, &input), -1);
	lines[4] = test_line(HASH_SHA256, "x", "", space);
	assert_int_equal(f->input(&m, &input), -1);
	m.lines = &lines[4];
	m.count = 1;
	assert_int_equal(f->fit(&m, text), REASON_BAD_INPUT);
	buf_release(&input);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_tree_of_rfc_6962),
		cmocka_unit_test(a_leaf_is_hashed_with_its_prefix),
		cmocka_unit_test(proves_each_leaf_at_its_place_alone),
		cmocka_unit_test(no_tree_is_empty_or_endless),
		cmocka_unit_test(openssl_verifies_the_statement),
		cmocka_unit_test(refuses_a_byte_changed),
		cmocka_unit_test(no_answer_stands_for_another_line),
		cmocka_unit_test(ten_thousand_lines_are_answered),
		cmocka_unit_test(
		    refuses_lines_of_several_hashes_or_without_names),
	};

	return cmocka_run_group_tests(tests, test_keys_make, test_keys_free);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "format/hashtree.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

/* Kept until exit: a tree has as many hashes as it has lines. */
static void
fetch_sha256(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

static int
hash(uint8_t prefix, const void *data, size_t len, uint8_t *ret)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int rv = -1;

	pthread_once(&sha256_once, fetch_sha256);
	if (sha256 != NULL && ctx != NULL &&
	    EVP_DigestInit_ex2(ctx, sha256, NULL) == 1 &&
	    EVP_DigestUpdate(ctx, &prefix, 1) == 1 &&
	    EVP_DigestUpdate(ctx, data, len) == 1 &&
	    EVP_DigestFinal_ex(ctx, ret, NULL) == 1)
		rv = 0;
	EVP_MD_CTX_free(ctx);
	return rv;
}

/* ret may be left or right. */
static int
hash_node(const uint8_t *left, const uint8_t *right, uint8_t *ret)
{
	uint8_t both[2 * HASHTREE_HASH];

	memcpy(both, left, HASHTREE_HASH);
	memcpy(both + HASHTREE_HASH, right, HASHTREE_HASH);
	return hash(1, both, sizeof(both), ret);
}

int
hashtree_init(struct hashtree *t, size_t leaves)
{
	size_t total = 0;
	uint8_t *at;

	memset(t, 0, sizeof(*t));
	if (leaves == 0 || leaves > HASHTREE_MAX)
		return -1;
	t->leaves = leaves;
	for (size_t n = leaves;; n = (n + 1) / 2) {
		total += n;
		t->levels++;
		if (n == 1)
			break;
	}
	if ((at = t->space = calloc(total, HASHTREE_HASH)) == NULL)
		return -1;
	for (unsigned i = 0; i < t->levels; i++) {
		t->level[i] = at;
		at += leaves * HASHTREE_HASH;
		leaves = (leaves + 1) / 2;
	}
	return 0;
}

void
hashtree_release(struct hashtree *t)
{
	free(t->space);
	memset(t, 0, sizeof(*t));
}

int
hashtree_leaf(const void *text, size_t len, uint8_t ret[HASHTREE_HASH])
{
	return hash(0, text, len, ret);
}

uint8_t *
hashtree_at(struct hashtree *t, size_t index)
{
	return t->level[0] + index * HASHTREE_HASH;
}

/* One level from the one below it, which has count hashes. */
static int
build_level(const uint8_t *below, size_t count, uint8_t *ret)
{
	for (; count >= 2; count -= 2) {
		if (hash_node(below, below + HASHTREE_HASH, ret) == -1)
			return -1;
		below += 2 * (size_t)HASHTREE_HASH;
		ret += HASHTREE_HASH;
	}
	if (count == 1)
		memcpy(ret, below, HASHTREE_HASH);
	return 0;
}

int
hashtree_build(struct hashtree *t)
{
	size_t count = t->leaves;

	for (unsigned i = 1; i < t->levels; i++) {
		if (build_level(t->level[i - 1], count, t->level[i]) == -1)
			return -1;
		count = (count + 1) / 2;
	}
	return 0;
}

const uint8_t *
hashtree_root(const struct hashtree *t)
{
	return t->level[t->levels - 1];
}

size_t
hashtree_proof(
    const struct hashtree *t, size_t index, const uint8_t *ret[HASHTREE_LEVELS])
{
	size_t count = t->leaves, found = 0;

	for (unsigned i = 0; i + 1 < t->levels; i++) {
		size_t sibling = index ^ 1;

		if (sibling < count)
			ret[found++] = t->level[i] + sibling * HASHTREE_HASH;
		index /= 2;
		count = (count + 1) / 2;
	}
	return found;
}

int
hashtree_climb(const uint8_t leaf[HASHTREE_HASH], size_t index, size_t leaves,
    const uint8_t *proof, size_t count, uint8_t ret[HASHTREE_HASH])
{
	if (index >= leaves)
		return -1;
	memmove(ret, leaf, HASHTREE_HASH);
	for (size_t last = leaves - 1; last > 0; last /= 2, index /= 2) {
		int rv;

		if (index == last && index % 2 == 0)
			continue;
		if (count-- == 0)
			return -1;
		rv = index % 2 == 0 ? hash_node(ret, proof, ret) :
				      hash_node(proof, ret, ret);
		if (rv == -1)
			return -1;
		proof += HASHTREE_HASH;
	}
	return count == 0 ? 0 : -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/fingerprint.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "audit/hash.h"
#include "base/text.h"

struct tree_fingerprint {
	EVP_MD_CTX *ctx;
	bool bad;
};

struct tree_fingerprint *
tree_fingerprint_new(void)
{
	struct tree_fingerprint *f = calloc(1, sizeof(*f));
	const EVP_MD *md = hash_sha256_md();

	if (f == NULL)
		return NULL;
	f->ctx = EVP_MD_CTX_new();
	if (f->ctx == NULL || md == NULL ||
	    EVP_DigestInit_ex2(f->ctx, md, NULL) != 1) {
		tree_fingerprint_free(f);
		return NULL;
	}
	return f;
}

void
tree_fingerprint_free(struct tree_fingerprint *f)
{
	if (f == NULL)
		return;
	EVP_MD_CTX_free(f->ctx);
	free(f);
}

static void
add(struct tree_fingerprint *f, const void *data, size_t len)
{
	if (EVP_DigestUpdate(f->ctx, data, len) != 1)
		f->bad = true;
}

void
tree_fingerprint_add(void *arg, const char *file, const void *text, size_t len)
{
	struct tree_fingerprint *f = arg;
	uint8_t size[8];

	for (size_t i = 0; i < sizeof(size); i++)
		size[i] = (uint8_t)((uint64_t)len >> (56 - 8 * i));
	add(f, file, strlen(file) + 1);
	add(f, size, sizeof(size));
	add(f, text, len);
}

int
tree_fingerprint_end(
    struct tree_fingerprint *f, char ret[static TREE_FINGERPRINT_SIZE])
{
	uint8_t hash[SHA256_LEN];

	if (EVP_DigestFinal_ex(f->ctx, hash, NULL) != 1 || f->bad)
		return -1;
	hex_encode(hash, sizeof(hash), ret);
	return 0;
}

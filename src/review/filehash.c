/* SPDX-License-Identifier: Apache-2.0 */
#include "review/filehash.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

#define BLOCK (64u << 10)

struct hashing {
	EVP_MD_CTX *ctx[HASH_COUNT];
};

static bool
begin(struct hashing *h)
{
	for (int i = HASH_NONE + 1; i < HASH_COUNT; i++) {
		const EVP_MD *md =
		    EVP_get_digestbyname(hash_word((enum hash)i));

		h->ctx[i] = EVP_MD_CTX_new();
		if (md == NULL || h->ctx[i] == NULL ||
		    EVP_DigestInit_ex(h->ctx[i], md, NULL) != 1)
			return false;
	}
	return true;
}

static bool
add(struct hashing *h, const void *data, size_t len)
{
	for (int i = HASH_NONE + 1; i < HASH_COUNT; i++)
		if (EVP_DigestUpdate(h->ctx[i], data, len) != 1)
			return false;
	return true;
}

static bool
finish(struct hashing *h, char ret[HASH_COUNT][DIGEST_TEXT])
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len;

	ret[HASH_NONE][0] = '\0';
	for (int i = HASH_NONE + 1; i < HASH_COUNT; i++) {
		if (EVP_DigestFinal_ex(h->ctx[i], digest, &len) != 1 ||
		    len > DIGEST_MAX)
			return false;
		hex_encode(digest, len, ret[i]);
	}
	return true;
}

static void
release(struct hashing *h)
{
	for (int i = 0; i < HASH_COUNT; i++)
		EVP_MD_CTX_free(h->ctx[i]);
}

/* 0 at the end of the file, or -1 with reterr. */
static int
add_file(struct hashing *h, int fd, const char *path, struct text_error *reterr)
{
	static char block[BLOCK];
	ssize_t len;

	while ((len = read(fd, block, sizeof(block))) != 0) {
		if (len == -1 && errno == EINTR)
			continue;
		if (len == -1)
			return text_fail(
			    reterr, 0, "%.160s: %s", path, strerror(errno));
		if (!add(h, block, (size_t)len))
			return text_fail(reterr, 0, "libcrypto failed");
	}
	return 0;
}

int
filehash(const char *path, char ret[HASH_COUNT][DIGEST_TEXT],
    struct text_error *reterr)
{
	struct hashing h = { { NULL } };
	int fd = open(path, O_RDONLY | O_CLOEXEC), rv = -1;

	if (fd == -1)
		return text_fail(
		    reterr, 0, "%.160s: %s", path, strerror(errno));
	if (!begin(&h))
		text_fail(reterr, 0, "libcrypto lacks a hash");
	else if ((rv = add_file(&h, fd, path, reterr)) == 0 && !finish(&h, ret))
		rv = text_fail(reterr, 0, "libcrypto failed");
	release(&h);
	close(fd);
	return rv;
}

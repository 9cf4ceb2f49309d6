/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/hash.h"

#include <pthread.h>

static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

/* Kept until exit: the lookup costs several times the hash of a record. */
static void
fetch_sha256(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

const EVP_MD *
hash_sha256_md(void)
{
	pthread_once(&sha256_once, fetch_sha256);
	return sha256;
}

int
hash_sha256(const void *data, size_t len, uint8_t ret[SHA256_LEN])
{
	const EVP_MD *md = hash_sha256_md();

	if (md == NULL || EVP_Digest(data, len, ret, NULL, md, NULL) != 1)
		return -1;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fingerprint, declared in format/format.h.
 */
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

#include "base/log.h"
#include "format/format.h"

#define HASH_LEN 32
#define PREFIX "SHA256:"

static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

/* Kept until exit: each signature's record has a fingerprint. */
static void
fetch_sha256(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

void
fingerprint(const void *data, size_t len, char ret[static FINGERPRINT_SIZE])
{
	uint8_t hash[HASH_LEN];

	pthread_once(&sha256_once, fetch_sha256);
	if (sha256 == NULL ||
	    EVP_Digest(data, len, hash, NULL, sha256, NULL) != 1)
		log_fatal("libcrypto cannot make a SHA-256");
	memcpy(ret, PREFIX, strlen(PREFIX));
	base64_encode(hash, sizeof(hash), false, ret + strlen(PREFIX));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "support_notary.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static EVP_PKEY *
private_key(unsigned number)
{
	uint8_t seed[32];
	EVP_PKEY *key;

	memset(seed, 'a' + (int)number, sizeof(seed));
	key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
	assert_non_null(key);
	return key;
}

void
notary_key(unsigned number, const char *name, struct note_key *ret)
{
	EVP_PKEY *key = private_key(number);
	uint8_t pubkey[NOTE_PUBKEY];
	size_t len = sizeof(pubkey);

	assert_int_equal(EVP_PKEY_get_raw_public_key(key, pubkey, &len), 1);
	assert_int_equal(note_key_init(ret, name, pubkey), 0);
	EVP_PKEY_free(key);
}

void
notary_sign(
    unsigned number, const void *text, size_t len, uint8_t ret[NOTE_SIGNATURE])
{
	EVP_PKEY *key = private_key(number);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t size = NOTE_SIGNATURE;

	assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, ret, &size, text, len), 1);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}

size_t
notary_note(const struct checkpoint *c, char ret[static CHECKPOINT_NOTE])
{
	uint8_t signature[NOTE_SIGNATURE];
	char text[CHECKPOINT_TEXT];
	struct note_key key;

	notary_key(0, c->origin, &key);
	notary_sign(0, text, checkpoint_text(c, text), signature);
	return checkpoint_note(c, &key, signature, ret);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/note.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "audit/hash.h"
#include "base/cursor.h"

#define TYPE_ED25519 0x01
#define KEY_BYTES (1 + NOTE_PUBKEY) /* a vkey's third part */
#define SIGNATURE_BYTES (4 + NOTE_SIGNATURE)
#define DASH "\xe2\x80\x94 " /* begins a signature's line */

bool
note_name_is_good(const char *name)
{
	size_t len = 0;

	for (; name[len] != '\0'; len++)
		if (len == NOTE_NAME - 1 || !char_is_print(name[len]) ||
		    name[len] == ' ' || name[len] == '+')
			return false;
	return len > 0;
}

/* NAME LF type key: the first four bytes of its hash. */
static int
key_id(const char *name, const uint8_t key[KEY_BYTES], uint32_t *ret)
{
	uint8_t text[NOTE_NAME + KEY_BYTES], hash[SHA256_LEN];
	size_t len = strlen(name);
	struct reader r;

	memcpy(text, name, len);
	text[len++] = '\n';
	memcpy(text + len, key, KEY_BYTES);
	if (hash_sha256(text, len + KEY_BYTES, hash) == -1)
		return -1;
	reader_init(&r, hash, sizeof(hash));
	*ret = get_u32(&r);
	return 0;
}

static void
key_bytes(const uint8_t pubkey[NOTE_PUBKEY], uint8_t ret[KEY_BYTES])
{
	ret[0] = TYPE_ED25519;
	memcpy(ret + 1, pubkey, NOTE_PUBKEY);
}

int
note_key_init(
    struct note_key *key, const char *name, const uint8_t pubkey[NOTE_PUBKEY])
{
	struct note_key made = { 0 };
	uint8_t bytes[KEY_BYTES];

	key_bytes(pubkey, bytes);
	if (!note_name_is_good(name) || key_id(name, bytes, &made.id) == -1)
		return -1;
	text_copy(made.name, sizeof(made.name), name);
	memcpy(made.pubkey, pubkey, NOTE_PUBKEY);
	*key = made;
	return 0;
}

void
note_key_text(const struct note_key *key, char ret[static NOTE_VKEY])
{
	char base64[BASE64_SIZE(KEY_BYTES)];
	uint8_t bytes[KEY_BYTES];

	key_bytes(key->pubkey, bytes);
	base64_encode(bytes, sizeof(bytes), true, base64);
	snprintf(
	    ret, NOTE_VKEY, "%s+%08" PRIx32 "+%s", key->name, key->id, base64);
}

int
note_key_parse(
    const char *text, struct note_key *ret, struct text_error *reterr)
{
	const char *id = strchr(text, '+');
	const char *base64 = id != NULL ? strchr(id + 1, '+') : NULL;
	uint8_t bytes[KEY_BYTES];
	char name[NOTE_NAME], whole[NOTE_VKEY];
	struct note_key key;
	size_t len;

	if (base64 == NULL || (size_t)(id - text) >= sizeof(name))
		return text_fail(reterr, 0, "not NAME+ID+KEY");
	memcpy(name, text, (size_t)(id - text));
	name[id - text] = '\0';
	if (!note_name_is_good(name))
		return text_fail(reterr, 0, "the key's name is not good");
	base64++;
	if (base64_decode(base64, strlen(base64), bytes, sizeof(bytes), &len) ==
		-1 ||
	    len != sizeof(bytes) || bytes[0] != TYPE_ED25519)
		return text_fail(reterr, 0, "not an Ed25519 key");
	if (note_key_init(&key, name, bytes + 1) == -1)
		return text_fail(reterr, 0, "SHA-256 failed");
	note_key_text(&key, whole);
	if (strcmp(text, whole) != 0)
		return text_fail(reterr, 0, "the ID is not that of the key");
	*ret = key;
	return 0;
}

size_t
checkpoint_text(const struct checkpoint *c, char ret[static CHECKPOINT_TEXT])
{
	char root[BASE64_SIZE(MERKLE_HASH)];

	base64_encode(c->root, MERKLE_HASH, true, root);
	return (size_t)snprintf(ret, CHECKPOINT_TEXT, "%s\n%" PRIu64 "\n%s\n",
	    c->origin, c->size, root);
}

void
note_signature_text(const struct note_key *key,
    const uint8_t signature[NOTE_SIGNATURE],
    char ret[static NOTE_SIGNATURE_TEXT])
{
	uint8_t bytes[SIGNATURE_BYTES];
	struct writer w;

	writer_init(&w, bytes, sizeof(bytes));
	put_u32(&w, key->id);
	memcpy(bytes + 4, signature, NOTE_SIGNATURE);
	base64_encode(bytes, sizeof(bytes), true, ret);
}

size_t
checkpoint_note(const struct checkpoint *c, const struct note_key *key,
    const uint8_t signature[NOTE_SIGNATURE], char ret[static CHECKPOINT_NOTE])
{
	char base64[NOTE_SIGNATURE_TEXT];
	size_t len = checkpoint_text(c, ret);

	note_signature_text(key, signature, base64);
	return len +
	    (size_t)snprintf(ret + len, CHECKPOINT_NOTE - len,
		"\n" DASH "%s %s\n", key->name, base64);
}

int
note_check(const struct note_key *key, const void *text, size_t len,
    const uint8_t signature[NOTE_SIGNATURE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, key->pubkey, NOTE_PUBKEY);
	int rv = -1;

	if (ctx != NULL && pkey != NULL &&
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
	    EVP_DigestVerify(ctx, signature, NOTE_SIGNATURE, text, len) == 1)
		rv = 0;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return rv;
}

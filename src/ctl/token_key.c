/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/token_key.h"

#include <openssl/pem.h>
#include <string.h>

#include "ctl/token.h"
#include "format/format.h"
#include "p11/rv.h"

/* The public half: its own object of the same id, or the private one. */
static CK_OBJECT_HANDLE
public_of(const struct p11_session *s, struct token_key *key)
{
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_ATTRIBUTE template[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_ID, key->id, key->id_len },
	};
	CK_OBJECT_HANDLE object;
	CK_ULONG count = 0;

	if (key->id_len == 0 ||
	    object_find(s, template, 2, &object, 1, &count) != CKR_OK ||
	    count == 0)
		return key->handle;
	return object;
}

int
token_key_load(const struct p11_session *s, CK_OBJECT_HANDLE handle,
    struct token_key *ret, struct text_error *reterr)
{
	size_t len;

	memset(ret, 0, sizeof(*ret));
	ret->handle = handle;
	if (object_bytes(s, handle, CKA_LABEL, ret->label,
		sizeof(ret->label) - 1, &len) != CKR_OK)
		len = 0;
	ret->label[len] = '\0';
	if (object_bytes(s, handle, CKA_ID, ret->id, sizeof(ret->id),
		&ret->id_len) != CKR_OK)
		ret->id_len = 0;
	return pubkey_load(s, public_of(s, ret), &ret->pubkey, reterr);
}

void
token_key_release(struct token_key *key)
{
	pubkey_release(&key->pubkey);
}

int
token_key_find(
    const struct p11_session *s, const char *name, struct token_key *ret)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	char label[P11_OBJECT_NAME];
	CK_ATTRIBUTE template[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_LABEL, label, 0 },
	};
	CK_OBJECT_HANDLE found[2];
	struct text_error err = { 0 };
	CK_ULONG count = 0;
	CK_RV rv;

	if (!text_copy(label, sizeof(label), name))
		return token_fail("the name is too long");
	template[1].ulValueLen = strlen(label);
	rv = object_find(s, template, 2, found, 2, &count);
	if (rv != CKR_OK)
		return token_fail("C_FindObjects: %s", rv_name(rv));
	if (count != 1)
		return token_fail("the token has %s private key \"%s\"",
		    count == 0 ? "no" : "more than one", name);
	if (token_key_load(s, found[0], ret, &err) == -1) {
		token_key_release(ret);
		return token_fail("key \"%s\": %s", name, err.what);
	}
	return 0;
}

void
token_key_id(
    const struct token_key *key, char ret[static 3 * P11_OBJECT_ID + 1])
{
	ret[0] = '\0';
	for (size_t i = 0; i < key->id_len; i++)
		snprintf(ret + 3 * i, 4, "%%%02x", key->id[i]);
}

static const struct attribute {
	CK_ATTRIBUTE_TYPE type;
	const char *yes;
	const char *no; /* NULL: not worth a word */
	bool wanted;
} attributes[] = {
	{ CKA_SIGN, "sign", "NO-SIGN", true },
	{ CKA_SENSITIVE, "sensitive", "NOT-SENSITIVE", true },
	{ CKA_ALWAYS_SENSITIVE, "always", "NOT-ALWAYS", true },
	{ CKA_EXTRACTABLE, "EXTRACTABLE", "not-extractable", false },
	{ CKA_NEVER_EXTRACTABLE, "never", "NOT-NEVER", true },
	{ CKA_DECRYPT, "DECRYPT", NULL, false },
	{ CKA_UNWRAP, "UNWRAP", NULL, false },
	{ CKA_DERIVE, "DERIVE", NULL, false },
	{ CKA_MODIFIABLE, "MODIFIABLE", "not-modifiable", false },
};
#define ATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))

void
token_key_attributes(const struct p11_session *s, CK_OBJECT_HANDLE key,
    char ret[static TOKEN_ATTRIBUTES])
{
	size_t used = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < ATTRIBUTES; i++) {
		const char *word;
		bool value;

		if (object_bool(s, key, attributes[i].type, &value) != CKR_OK)
			continue;
		word = value ? attributes[i].yes : attributes[i].no;
		if (word == NULL || used + strlen(word) + 2 > TOKEN_ATTRIBUTES)
			continue;
		used += (size_t)snprintf(ret + used, TOKEN_ATTRIBUTES - used,
		    "%s%s", used > 0 ? " " : "", word);
	}
}

bool
token_key_is_closed(const struct p11_session *s, CK_OBJECT_HANDLE key)
{
	bool value;

	for (size_t i = 0; i < ATTRIBUTES; i++)
		if (object_bool(s, key, attributes[i].type, &value) != CKR_OK ||
		    value != attributes[i].wanted)
			return false;
	return true;
}

void
token_key_say(const struct p11_session *s, const struct token_key *key)
{
	char words[TOKEN_ATTRIBUTES], print[FINGERPRINT_SIZE], pem[4096];
	uint8_t spki[2048];
	size_t len;

	token_key_attributes(s, key->handle, words);
	token_say("attributes: %s\n", words);
	if (pubkey_spki(&key->pubkey, spki, sizeof(spki), &len) == -1 ||
	    pubkey_pem(spki, len, pem, sizeof(pem)) == -1)
		return;
	fingerprint(spki, len, print);
	token_say("public key %s\n%s", print, pem);
}

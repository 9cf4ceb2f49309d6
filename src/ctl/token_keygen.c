/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>

#include "ctl/token.h"
#include "ctl/token_key.h"
#include "ctl/verb.h"
#include "p11/object.h"
#include "p11/pubkey.h"
#include "p11/rv.h"

#define ID_MAX 32
#define ID_MADE 8

static const struct kind {
	const char *word;
	enum key_type type;
	CK_ULONG bits; /* RSA */
	CK_MECHANISM_TYPE generate;
	CK_KEY_TYPE ck_type;
	CK_MECHANISM_TYPE sign[2];
	CK_ULONG signs;
} kinds[] = {
	{ "rsa:3072", KEY_RSA, 3072, CKM_RSA_PKCS_KEY_PAIR_GEN, CKK_RSA,
	    { CKM_RSA_PKCS, CKM_RSA_PKCS_PSS }, 2 },
	{ "rsa:4096", KEY_RSA, 4096, CKM_RSA_PKCS_KEY_PAIR_GEN, CKK_RSA,
	    { CKM_RSA_PKCS, CKM_RSA_PKCS_PSS }, 2 },
	{ "p256", KEY_P256, 0, CKM_EC_KEY_PAIR_GEN, CKK_EC, { CKM_ECDSA }, 1 },
	{ "p384", KEY_P384, 0, CKM_EC_KEY_PAIR_GEN, CKK_EC, { CKM_ECDSA }, 1 },
	{ "p521", KEY_P521, 0, CKM_EC_KEY_PAIR_GEN, CKK_EC, { CKM_ECDSA }, 1 },
	{ "ed25519", KEY_ED25519, 0, CKM_EC_EDWARDS_KEY_PAIR_GEN,
	    CKK_EC_EDWARDS, { CKM_EDDSA }, 1 },
};

struct wish {
	struct kind kind;
	char name[NAME_SIZE];
	uint8_t id[ID_MAX];
	size_t id_len;
};

struct made {
	CK_OBJECT_HANDLE public_key, private_key;
};

static int
parse_id(const char *text, struct wish *ret)
{
	size_t len;

	if (text == NULL) {
		ret->id_len = ID_MADE;
		return getrandom(ret->id, ID_MADE, 0) == ID_MADE ? 0 : -1;
	}
	len = strlen(text);
	if (len == 0 || len % 2 != 0 || len / 2 > ID_MAX)
		return -1;
	ret->id_len = len / 2;
	return hex_decode(text, len, ret->id);
}

static int
parse_wish(const struct token_options *o, struct wish *ret)
{
	const struct kind *kind = NULL;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].word, o->type) == 0)
			kind = &kinds[i];
	if (kind == NULL)
		return usage_error("token: a type is rsa:3072, rsa:4096, p256, "
				   "p384, p521 or ed25519");
	if (!text_is_name(o->name) ||
	    !text_copy(ret->name, sizeof(ret->name), o->name))
		return usage_error("token: a name has letters, digits, '.', "
				   "'_' and '-', at most 63");
	if (parse_id(o->id, ret) == -1)
		return usage_error("token: an id has 1 to 32 bytes in hex");
	ret->kind = *kind;
	return 0;
}

/* Nothing in the token may bear the name or the id already. */
static int
check_free(const struct p11_session *s, struct wish *w)
{
	CK_ATTRIBUTE name = { CKA_LABEL, w->name, strlen(w->name) };
	CK_ATTRIBUTE id = { CKA_ID, w->id, w->id_len };
	CK_OBJECT_HANDLE object;
	CK_ULONG count;
	CK_RV rv;

	if ((rv = object_find(s, &name, 1, &object, 1, &count)) != CKR_OK)
		return token_fail("C_FindObjects: %s", rv_name(rv));
	if (count != 0)
		return token_fail(
		    "the token has an object \"%s\" already", w->name);
	if ((rv = object_find(s, &id, 1, &object, 1, &count)) != CKR_OK)
		return token_fail("C_FindObjects: %s", rv_name(rv));
	if (count != 0)
		return token_fail("the token has an object with this id "
				  "already");
	return 0;
}

/*
 * Every usage is said, because what a template leaves out a token may grant.
 * CKA_COPYABLE is left at the token's default: a copy stays inside the token,
 * as sensitive and as little extractable as the key, and a worker signs a
 * little faster with one (token/copy.h).  SoftHSM 2.6 refuses it anyway for
 * what cannot be modified, and that is worth more.
 */
static CK_RV
generate(const struct p11_session *s, struct wish *w, bool limit_mechanisms,
    struct made *ret)
{
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	uint8_t exponent[] = { 0x01, 0x00, 0x01 }, params[16];
	const uint8_t *curve;
	size_t params_len = 0;
	CK_MECHANISM mechanism = { w->kind.generate, NULL, 0 };
	CK_ATTRIBUTE public_template[] = {
		{ CKA_TOKEN, &yes, sizeof(yes) },
		{ CKA_PRIVATE, &no, sizeof(no) },
		{ CKA_MODIFIABLE, &no, sizeof(no) },
		{ CKA_LABEL, w->name, strlen(w->name) },
		{ CKA_ID, w->id, w->id_len },
		{ CKA_KEY_TYPE, &w->kind.ck_type, sizeof(w->kind.ck_type) },
		{ CKA_VERIFY, &yes, sizeof(yes) },
		{ CKA_VERIFY_RECOVER, &no, sizeof(no) },
		{ CKA_ENCRYPT, &no, sizeof(no) },
		{ CKA_WRAP, &no, sizeof(no) },
		{ CKA_MODULUS_BITS, &w->kind.bits, sizeof(w->kind.bits) },
		{ CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent) },
	};
	CK_ATTRIBUTE private_template[] = {
		{ CKA_TOKEN, &yes, sizeof(yes) },
		{ CKA_PRIVATE, &yes, sizeof(yes) },
		{ CKA_MODIFIABLE, &no, sizeof(no) },
		{ CKA_LABEL, w->name, strlen(w->name) },
		{ CKA_ID, w->id, w->id_len },
		{ CKA_KEY_TYPE, &w->kind.ck_type, sizeof(w->kind.ck_type) },
		{ CKA_SENSITIVE, &yes, sizeof(yes) },
		{ CKA_EXTRACTABLE, &no, sizeof(no) },
		{ CKA_SIGN, &yes, sizeof(yes) },
		{ CKA_SIGN_RECOVER, &no, sizeof(no) },
		{ CKA_DECRYPT, &no, sizeof(no) },
		{ CKA_UNWRAP, &no, sizeof(no) },
		{ CKA_DERIVE, &no, sizeof(no) },
		{ CKA_ALLOWED_MECHANISMS, w->kind.sign,
		    w->kind.signs * sizeof(w->kind.sign[0]) },
	};
	CK_ULONG public_count = 12, private_count = limit_mechanisms ? 14 : 13;

	if (w->kind.type != KEY_RSA) {
		curve = curve_params(w->kind.type, &params_len);
		memcpy(params, curve, params_len);
		public_template[10] =
		    (CK_ATTRIBUTE){ CKA_EC_PARAMS, params, params_len };
		public_count = 11;
	}
	return s->fn->C_GenerateKeyPair(s->handle, &mechanism, public_template,
	    public_count, private_template, private_count, &ret->public_key,
	    &ret->private_key);
}

/* What the template asks for is what the token must have made of it. */
static int
check_made(const struct p11_session *s, const struct made *made)
{
	char attributes[TOKEN_ATTRIBUTES];

	if (token_key_is_closed(s, made->private_key))
		return 0;
	token_key_attributes(s, made->private_key, attributes);
	s->fn->C_DestroyObject(s->handle, made->private_key);
	s->fn->C_DestroyObject(s->handle, made->public_key);
	return token_fail("the token made another key than it was asked for "
			  "(%s); the key was deleted again",
	    attributes);
}

static int
tell_made(
    const struct p11_session *s, const struct wish *w, const struct made *made)
{
	struct text_error err = { 0 };
	struct token_key key;
	char id[3 * P11_OBJECT_ID + 1];
	int rv = 0;

	if (token_key_load(s, made->private_key, &key, &err) == -1) {
		rv = token_fail("the key that was made: %s", err.what);
	} else {
		token_key_id(&key, id);
		token_say(
		    "made %s key \"%s\"; in keys.d:\n", w->kind.word, w->name);
		token_say("object = pkcs11:object=%s;id=%s;type=private\n",
		    w->name, id);
		token_key_say(s, &key);
	}
	token_key_release(&key);
	return rv;
}

int
token_keygen(const struct token_options *o)
{
	struct token_login login;
	struct wish wish = { 0 };
	struct made made;
	CK_RV ck;
	int rv;

	if ((rv = parse_wish(o, &wish)) != 0)
		return rv;
	if ((rv = token_login_open(o, &login)) != 0)
		return rv;
	if ((rv = check_free(&login.session, &wish)) != 0)
		goto out;
	ck = generate(&login.session, &wish, true, &made);
	/* Not every token knows CKA_ALLOWED_MECHANISMS. */
	if (ck == CKR_ATTRIBUTE_TYPE_INVALID || ck == CKR_TEMPLATE_INCONSISTENT)
		ck = generate(&login.session, &wish, false, &made);
	if (ck != CKR_OK)
		rv = token_fail("C_GenerateKeyPair: %s", rv_name(ck));
	else if ((rv = check_made(&login.session, &made)) == 0)
		rv = tell_made(&login.session, &wish, &made);
out:
	token_login_close(&login);
	return rv;
}

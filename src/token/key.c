/* SPDX-License-Identifier: Apache-2.0 */
#include "token/key.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "p11/rv.h"
#include "token/copy.h"
#include "token/fit.h"
#include "token/probe.h"

#define RECHECK_US (60 * 1000000ULL)

/* The one private key object that the URI names. */
static enum reason
find_private(const struct login *l, struct p11_uri *uri, CK_OBJECT_HANDLE *ret,
    struct text_error *reterr)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE template[4] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_TOKEN, &yes, sizeof(yes) }, /* not our own copies */
	};
	CK_OBJECT_HANDLE found[2];
	CK_ULONG used = 2, count;
	CK_RV rv;

	if (uri->object[0] != '\0')
		template[used++] = (CK_ATTRIBUTE){ CKA_LABEL, uri->object,
			strlen(uri->object) };
	if (uri->id_len != 0)
		template[used++] =
		    (CK_ATTRIBUTE){ CKA_ID, uri->id, uri->id_len };
	rv = object_find(&l->session, template, used, found, 2, &count);
	if (rv != CKR_OK) {
		text_fail(reterr, 0, "C_FindObjects: %s", rv_name(rv));
		return REASON_TOKEN_FAILED;
	}
	if (count == 0) {
		text_fail(reterr, 0, "the token has no such private key");
		return REASON_KEY_MISSING;
	}
	if (count > 1) {
		text_fail(reterr, 0, "the token has several such private keys");
		return REASON_KEY_UNFIT;
	}
	*ret = found[0];
	return REASON_OK;
}

/* The public key object with the private one's CKA_ID, if there is one. */
static bool
find_public(
    const struct login *l, CK_OBJECT_HANDLE private, CK_OBJECT_HANDLE *ret)
{
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	uint8_t id[P11_OBJECT_ID];
	CK_ATTRIBUTE template[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_ID, id, 0 },
	};
	CK_ULONG count;
	size_t len;

	if (object_bytes(&l->session, private, CKA_ID, id, sizeof(id), &len) !=
		CKR_OK ||
	    len == 0)
		return false;
	template[1].ulValueLen = len;
	return object_find(&l->session, template, 2, ret, 1, &count) ==
	    CKR_OK &&
	    count == 1;
}

static enum reason
load_public(const struct login *l, CK_OBJECT_HANDLE private, struct pubkey *ret,
    struct text_error *reterr)
{
	CK_OBJECT_HANDLE public;
	struct text_error err = { 0 };

	if (find_public(l, private, &public)) {
		if (pubkey_load(&l->session, public, ret, reterr) == 0)
			return REASON_OK;
	} else if (pubkey_load(&l->session, private, ret, &err) == -1) {
		text_fail(reterr, 0,
		    "no public key object with the same CKA_ID, and of the "
		    "private one %s",
		    err.what);
	} else {
		return REASON_OK;
	}
	return REASON_KEY_UNFIT;
}

/* Everything that is learnt from the token; k->add and k->uri are set. */
static enum reason
examine(const struct login *l, struct key *k, struct pubkey *pubkey,
    struct text_error *reterr)
{
	enum reason reason;
	CK_RV rv;

	if (!p11_uri_fits(&k->uri, &l->token)) {
		text_fail(reterr, 0, "the URI is for another token");
		return REASON_KEY_MISSING;
	}
	reason = find_private(l, &k->uri, &k->object, reterr);
	if (reason != REASON_OK)
		return reason;
	if ((reason = load_public(l, k->object, pubkey, reterr)) != REASON_OK)
		return reason;
	if (!key_is_fit(&l->session, k->object, pubkey, &k->add, reterr))
		return REASON_KEY_UNFIT;
	rv = probe_mechs(
	    &l->session, l->token.slot, k->object, pubkey->type, &k->mechs);
	if (rv != CKR_OK) {
		text_fail(reterr, 0, "C_OpenSession: %s", rv_name(rv));
		return REASON_TOKEN_FAILED;
	}
	if (k->mechs == 0) {
		text_fail(reterr, 0,
		    "the token signs with no mechanism of "
		    "ours under this key");
		return REASON_KEY_UNFIT;
	}
	return REASON_OK;
}

static enum reason
load(const struct login *l, struct key *k, struct pubkey *pubkey,
    struct key_facts *facts, struct text_error *reterr)
{
	enum reason reason;

	if (p11_uri_parse(k->add.object, &k->uri, reterr) == -1)
		return REASON_KEY_UNFIT;
	if ((reason = examine(l, k, pubkey, reterr)) != REASON_OK)
		return reason;
	if (pubkey_spki(pubkey, facts->spki, sizeof(facts->spki),
		&facts->spki_len) == -1) {
		text_fail(reterr, 0, "the public key is too large");
		return REASON_KEY_UNFIT;
	}
	k->verifier = verifier_new(pubkey->pkey, pubkey->type);
	if (k->verifier == NULL) {
		text_fail(reterr, 0, "no memory");
		return REASON_TOKEN_FAILED;
	}
	k->type = pubkey->type;
	k->signature_len = pubkey_signature_len(pubkey);
	k->checked_us = clock_mono_us();
	k->handle = copy_make(&l->session, k->object);
	return REASON_OK;
}

struct key *
key_load(
    const struct login *l, const struct key_add *add, struct key_facts *ret)
{
	struct text_error err = { 0 };
	struct pubkey pubkey = { 0 };
	struct key *k;

	memset(ret, 0, sizeof(*ret));
	ret->key = add->key;
	ret->reason = REASON_TOKEN_FAILED;
	if ((k = calloc(1, sizeof(*k))) == NULL)
		return NULL;
	k->add = *add;
	ret->reason = load(l, k, &pubkey, ret, &err);
	if (ret->reason != REASON_OK) {
		text_copy(ret->text, sizeof(ret->text), err.what);
		key_free(l, k);
		k = NULL;
	} else {
		ret->type = k->type;
		ret->bits = pubkey.bits;
		ret->mechs = k->mechs;
		ret->attributes = key_attributes(&l->session, k->object);
	}
	pubkey_release(&pubkey);
	return k;
}

void
key_free(const struct login *l, struct key *k)
{
	if (k == NULL)
		return;
	copy_drop(&l->session, k->object, k->handle);
	verifier_free(k->verifier);
	free(k);
}

enum reason
key_recheck(const struct login *l, struct key *k, uint64_t now_us,
    struct text_error *reterr)
{
	struct pubkey pubkey = { 0 };
	CK_OBJECT_HANDLE object;
	enum reason reason;

	if (now_us - k->checked_us < RECHECK_US)
		return REASON_OK;
	reason = find_private(l, &k->uri, &object, reterr);
	if (reason != REASON_OK)
		return reason;
	if ((reason = load_public(l, object, &pubkey, reterr)) != REASON_OK)
		return reason;
	if (!key_is_fit(&l->session, object, &pubkey, &k->add, reterr))
		reason = REASON_KEY_UNFIT;
	pubkey_release(&pubkey);
	if (reason != REASON_OK)
		return reason;
	copy_drop(&l->session, k->object, k->handle);
	k->object = object;
	k->handle = copy_make(&l->session, object);
	k->checked_us = now_us;
	return REASON_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/forms.h"

#include <stdio.h>

#include "broker/service.h"
#include "format/ed25519.h"
#include "format/jws.h"
#include "format/openpgp.h"
#include "policy/namespace.h"

#define PUBKEY_SIZE 8192

struct wish {
	const struct grant *grant;
	const struct key *key;
	const struct command *command;
};

typedef enum reason form_fn(
    const struct wish *, struct buf *out, struct verdict *ret);

/* The answer to a form that the key has not; its text, in one line. */
static enum reason
has_none(struct verdict *ret, const char *text)
{
	ret->reason = REASON_USAGE;
	text_copy(ret->text, sizeof(ret->text), text);
	return REASON_USAGE;
}

static enum reason
say_der(const struct wish *a, struct buf *out, struct verdict *ret)
{
	(void)ret;
	buf_add(out, a->key->spki, a->key->spki_len);
	return REASON_OK;
}

static enum reason
say_pem(const struct wish *a, struct buf *out, struct verdict *ret)
{
	char text[PUBKEY_SIZE];

	if (pubkey_pem(a->key->spki, a->key->spki_len, text, sizeof(text)) ==
	    -1)
		return has_none(ret, "the key cannot be written as PEM");
	buf_adds(out, text);
	return REASON_OK;
}

static enum reason
say_ssh(const struct wish *a, struct buf *out, struct verdict *ret)
{
	char text[PUBKEY_SIZE];

	if (pubkey_ssh(a->key->spki, a->key->spki_len, a->key->name, text,
		sizeof(text)) == -1)
		return has_none(ret, "the key is none that ssh has");
	buf_adds(out, text);
	return REASON_OK;
}

/* A line of allowed_signers(5), with the namespaces that are granted. */
static enum reason
say_signers(const struct wish *a, struct buf *out, struct verdict *ret)
{
	const struct grant *grant = a->grant;
	const char *name, *comma = "";
	char text[PUBKEY_SIZE];
	size_t at = 0;

	if (namespace_check(grant, ret) != REASON_OK)
		return ret->reason;
	if (pubkey_ssh(
		a->key->spki, a->key->spki_len, "", text, sizeof(text)) == -1)
		return has_none(ret, "the key is none that ssh has");
	buf_addf(out, "%s namespaces=\"", a->key->name);
	while (
	    (name = namespace_next(grant->profile, grant->key, &at)) != NULL) {
		buf_addf(out, "%s%s", comma, name);
		comma = ",";
	}
	buf_addf(out, "\" %s", text);
	return REASON_OK;
}

static enum reason
no_openpgp(struct verdict *ret)
{
	return has_none(ret,
	    "the key has no OpenPGP key here; --form pem gives its public key");
}

static enum reason
say_openpgp(const struct wish *a, struct buf *out, struct verdict *ret)
{
	if (a->key->facts.openpgp == NULL)
		return no_openpgp(ret);
	buf_adds(out, a->key->files.text[KEY_FILE_OPENPGP]);
	return REASON_OK;
}

/* Of a signature that is made soon. */
static enum reason
say_trailer(const struct wish *a, struct buf *out, struct verdict *ret)
{
	uint8_t trailer[OPENPGP_TRAILER];

	if (a->key->facts.openpgp == NULL)
		return no_openpgp(ret);
	if (openpgp_trailer_now(
		a->key->facts.openpgp, service_now(), trailer) == -1)
		return has_none(ret, "the key has no trailer");
	buf_add(out, trailer, sizeof(trailer));
	return REASON_OK;
}

static enum reason
say_minisign(const struct wish *a, struct buf *out, struct verdict *ret)
{
	char text[PUBKEY_SIZE];

	if (pubkey_minisign(
		a->key->spki, a->key->spki_len, text, sizeof(text)) == -1)
		return has_none(
		    ret, "only ed25519 keys have the form minisign");
	buf_adds(out, text);
	return REASON_OK;
}

static enum reason
say_signify(const struct wish *a, struct buf *out, struct verdict *ret)
{
	char text[PUBKEY_SIZE];

	if (pubkey_signify(a->key->spki, a->key->spki_len, a->key->name, text,
		sizeof(text)) == -1)
		return has_none(ret, "only ed25519 keys have the form signify");
	buf_adds(out, text);
	return REASON_OK;
}

static enum reason
say_jws_header(const struct wish *a, struct buf *out, struct verdict *ret)
{
	enum key_type type = a->key->facts.type;
	enum hash usual = jws_hash(type), hash = a->command->hash;

	if (usual == HASH_NONE)
		return has_none(ret,
		    "JWS signs messages with such a key, not digests: format "
		    "jws does not fit it");
	if (hash == HASH_NONE)
		hash = usual;
	if (jws_header(&a->key->facts, hash, out) == -1) {
		ret->reason = REASON_USAGE;
		snprintf(ret->text, sizeof(ret->text),
		    "JWS has no %s for this %s key; use --hash %s",
		    hash_word(hash), key_type_word(type), hash_word(usual));
		return REASON_USAGE;
	}
	buf_adds(out, "\n");
	return REASON_OK;
}

static form_fn *const forms[FORM_COUNT] = {
	[FORM_PEM] = say_pem,
	[FORM_DER] = say_der,
	[FORM_SSH] = say_ssh,
	[FORM_SIGNERS] = say_signers,
	[FORM_OPENPGP] = say_openpgp,
	[FORM_OPENPGP_TRAILER] = say_trailer,
	[FORM_MINISIGN] = say_minisign,
	[FORM_SIGNIFY] = say_signify,
	[FORM_JWS_HEADER] = say_jws_header,
};

enum reason
say_pubkey(const struct grant *grant, const struct key *key,
    const struct command *command, struct buf *out, struct verdict *ret)
{
	struct wish asked = { grant, key, command };

	if (command->hash != HASH_NONE && command->form != FORM_JWS_HEADER)
		return has_none(ret, "--hash goes with --form jws-header");
	return forms[command->form](&asked, out, ret);
}

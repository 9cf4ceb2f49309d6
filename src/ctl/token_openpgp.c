/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token openpgp: the OpenPGP public key (RFC 4880) of a key that stays in its
 * token, for verifiers and for the word openpgp in keys.d.
 */
#include <openssl/x509.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "ctl/token.h"
#include "ctl/token_key.h"
#include "ctl/verb.h"
#include "format/ecdsa.h"
#include "format/openpgp_certify.h"
#include "policy/date.h"

#define FILE_MAX 65536

/* "2027-01-31", or not given: 0, or the exit status. */
static int
take_date(const char *text, const char *word, uint32_t *ret)
{
	struct text_error error;
	int64_t seconds;

	if (text == NULL)
		return 0;
	if (date_parse(text, &seconds, &error) == -1)
		return usage_error("token: --%s: %s", word, error.what);
	if (seconds > UINT32_MAX)
		return usage_error(
		    "token: --%s: OpenPGP's time ends in 2106", word);
	*ret = (uint32_t)seconds;
	return 0;
}

static int
take_wish(const struct token_options *o, struct openpgp_wish *ret)
{
	int rv;

	*ret = (struct openpgp_wish){ .user_id = o->user_id };
	ret->now = ret->created = (uint32_t)time(NULL);
	if ((rv = take_date(o->created, "created", &ret->created)) != 0 ||
	    (rv = take_date(o->expires, "expires", &ret->expires)) != 0)
		return rv;
	if (ret->created > ret->now)
		return usage_error("token: --created is in the future");
	if (ret->expires != 0 && ret->expires <= ret->now)
		return usage_error("token: --expires is not in the future");
	return 0;
}

/* As the token gives it: OpenPGP has numbers of its own, not DER. */
static int
sign(const struct p11_session *s, const struct token_key *key,
    const struct openpgp_certify *c, uint8_t ret[static TOKEN_SIGNATURE],
    size_t *ret_len)
{
	uint8_t digest[DIGEST_MAX], der[TOKEN_SIGNATURE];
	const uint8_t *message = digest;
	struct buf text;
	size_t len, der_len;
	int nid, rv = -1;

	buf_init(&text, FILE_MAX);
	if (openpgp_certify_message(c, &text, digest) == -1)
		goto out;
	len = hash_size(c->said.hash);
	/* Ed25519 signs the digest; the others are given what they hash. */
	if (c->key.type != KEY_ED25519) {
		message = (const uint8_t *)buf_at(&text);
		len = buf_len(&text);
	}
	if (token_key_sign(s, key, message, len, der, &der_len, &nid) == -1)
		goto out;
	rv = 0;
	if (ecdsa_order_size(c->key.type) != 0) {
		rv = ecdsa_from_der(
		    c->key.type, der, der_len, ret, TOKEN_SIGNATURE, ret_len);
	} else {
		memcpy(ret, der, der_len);
		*ret_len = der_len;
	}
out:
	buf_release(&text);
	return rv;
}

/* What is written is read again, as the service will. */
static bool
is_good(struct buf *file, const uint8_t *spki, size_t spki_len)
{
	struct openpgp_key key;
	char why[MESSAGE_SIZE];
	bool ok;

	buf_add(file, "", 1);
	ok = !file->bad &&
	    openpgp_key_read(buf_at(file), spki, spki_len, &key, why) == 0;
	file->end--;
	return ok;
}

static int
make(const struct token_login *login, const struct token_key *key,
    const struct openpgp_wish *wish, bool to_file, struct buf *file)
{
	uint8_t sig[TOKEN_SIGNATURE], *spki = NULL;
	char print[2 * OPENPGP_FINGERPRINT + 1];
	struct openpgp_certify c;
	size_t sig_len;
	int len, rv;

	if ((len = i2d_PUBKEY(key->pubkey.pkey, &spki)) <= 0)
		return token_fail("libcrypto did not write the public key");
	if (openpgp_certify_init(&c, spki, (size_t)len, wish) == -1)
		rv = usage_error("token: a user id is such as "
				 "\"Release <release@example.org>\"");
	else if (sign(&login->session, key, &c, sig, &sig_len) == -1)
		rv = token_fail("the key did not sign its user id");
	else if (openpgp_certify_finish(&c, sig, sig_len, file) == -1 ||
	    !is_good(file, spki, (size_t)len))
		rv = token_fail("the OpenPGP key could not be made");
	else
		rv = 0;
	hex_encode(c.key.fingerprint, OPENPGP_FINGERPRINT, print);
	/* Who gets it on standard output gets nothing else. */
	if (rv == 0 && to_file)
		token_say("openpgp fingerprint: %s\n", print);
	openpgp_certify_release(&c);
	OPENSSL_free(spki);
	return rv;
}

int
token_openpgp(const struct token_options *o)
{
	struct token_key key = { .handle = 0 };
	struct token_login login;
	struct openpgp_wish wish;
	struct buf file;
	int rv;

	if ((rv = take_wish(o, &wish)) != 0 ||
	    (rv = token_login_open(o, &login)) != 0)
		return rv;
	buf_init(&file, FILE_MAX);
	if ((rv = token_key_find(&login.session, o->name, &key)) == 0) {
		if (o->out != NULL)
			token_key_say(&login.session, &key);
		if ((rv = make(&login, &key, &wish, o->out != NULL, &file)) ==
		    0)
			rv = token_write(o->out, buf_at(&file), buf_len(&file));
		if (rv == 0 && o->out != NULL)
			token_say("in keys.d: openpgp = %s\n", o->out);
		token_key_release(&key);
	}
	buf_release(&file);
	token_login_close(&login);
	return rv;
}

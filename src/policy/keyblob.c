/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/keyblob.h"

#include <string.h>

#include "base/cursor.h"
#include "policy/list.h"

#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 16384
#define POINT_UNCOMPRESSED 4

struct key_kind;
typedef int fields_fn(
    struct reader *, const struct key_kind *, struct text_error *reterr);

static fields_fn rsa_fields, ec_fields, ed25519_fields;

static const struct key_kind {
	const char *name;
	fields_fn *fields;
	const char *curve;
	size_t point; /* bytes */
	bool sk; /* an application follows */
} kinds[] = {
	{ "ssh-ed25519", ed25519_fields, NULL, 32, false },
	{ "ecdsa-sha2-nistp256", ec_fields, "nistp256", 65, false },
	{ "ecdsa-sha2-nistp384", ec_fields, "nistp384", 97, false },
	{ "ecdsa-sha2-nistp521", ec_fields, "nistp521", 133, false },
	{ "ssh-rsa", rsa_fields, NULL, 0, false },
	{ "sk-ssh-ed25519@openssh.com", ed25519_fields, NULL, 32, true },
	{ "sk-ecdsa-sha2-nistp256@openssh.com", ec_fields, "nistp256", 65,
	    true },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const struct key_kind *
kind_find(const char *type)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, type) == 0)
			return &kinds[i];
	return NULL;
}

static bool
is_certificate(const char *type)
{
	return strstr(type, "-cert-v01@openssh.com") != NULL;
}

bool
keyblob_is_type(const char *word)
{
	static const char *const starts[] = { "ssh-", "ecdsa-", "sk-", "rsa-",
		"webauthn-" };

	/* Options have '=' or ',' or none of these beginnings. */
	if (strpbrk(word, "=,\"") != NULL)
		return false;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strncmp(word, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

enum reason
keyblob_type(const char *type, struct text_error *reterr)
{
	char known[200] = "";
	struct sentence s;

	if (kind_find(type) != NULL)
		return REASON_OK;
	if (is_certificate(type)) {
		text_fail(reterr, 0,
		    "certificates are not accepted: list the plain key");
		return REASON_CERTIFICATE;
	}
	if (strcmp(type, "ssh-dss") == 0) {
		text_fail(reterr, 0, "DSA keys are too weak to be accepted");
		return REASON_KEY_TYPE;
	}
	sentence_init(&s, known, sizeof(known));
	for (size_t i = 0; i < KINDS; i++)
		sentence_item(&s, kinds[i].name);
	text_fail(reterr, 0, "key type \"%.40s\" is not accepted; accepted: %s",
	    type, known);
	return REASON_KEY_TYPE;
}

static const uint8_t *
field(struct reader *r, size_t *ret_len)
{
	return get_view(r, KEYBLOB_MAX, ret_len);
}

static bool
field_is(struct reader *r, const char *text)
{
	size_t len;
	const uint8_t *at = field(r, &len);

	return !r->bad && len == strlen(text) && memcmp(at, text, len) == 0;
}

/* A positive mpint in its shortest form: its bits, or 0. */
static unsigned
mpint_bits(struct reader *r, bool *ret_odd)
{
	size_t len;
	const uint8_t *at = field(r, &len);
	unsigned bits;

	if (r->bad || len == 0 || (at[0] & 0x80) != 0)
		return 0;
	if (at[0] == 0) {
		if (len == 1 || (at[1] & 0x80) == 0)
			return 0;
		at++;
		len--;
	}
	bits = (unsigned)len * 8;
	for (uint8_t top = at[0]; (top & 0x80) == 0; top = (uint8_t)(top << 1))
		bits--;
	*ret_odd = (at[len - 1] & 1) != 0;
	return bits;
}

static int
rsa_fields(
    struct reader *r, const struct key_kind *kind, struct text_error *reterr)
{
	bool odd = false;
	unsigned bits;

	(void)kind;
	if (mpint_bits(r, &odd) < 2 || !odd)
		return text_fail(reterr, 0, "the RSA exponent is malformed");
	bits = mpint_bits(r, &odd);
	if (bits == 0 || !odd)
		return text_fail(reterr, 0, "the RSA modulus is malformed");
	if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
		return text_fail(reterr, 0,
		    "an RSA key of %u bits: %d to %d are accepted", bits,
		    RSA_BITS_MIN, RSA_BITS_MAX);
	return 0;
}

static int
ec_fields(
    struct reader *r, const struct key_kind *kind, struct text_error *reterr)
{
	const uint8_t *point;
	size_t len;

	if (!field_is(r, kind->curve))
		return text_fail(reterr, 0,
		    "the curve inside the key is not %s", kind->curve);
	point = field(r, &len);
	if (r->bad || len != kind->point || point[0] != POINT_UNCOMPRESSED)
		return text_fail(reterr, 0, "the key's point is malformed");
	return 0;
}

static int
ed25519_fields(
    struct reader *r, const struct key_kind *kind, struct text_error *reterr)
{
	size_t len;

	field(r, &len);
	if (r->bad || len != kind->point)
		return text_fail(
		    reterr, 0, "the key must be %zu bytes", kind->point);
	return 0;
}

static int
application_check(struct reader *r, struct text_error *reterr)
{
	size_t len;
	const uint8_t *at = field(r, &len);

	if (r->bad || len == 0 || len > 255)
		return text_fail(
		    reterr, 0, "the key's application is malformed");
	for (size_t i = 0; i < len; i++)
		if (!char_is_print((char)at[i]))
			return text_fail(reterr, 0,
			    "the key's application is not printable");
	return 0;
}

int
keyblob_check(
    const char *type, const void *blob, size_t len, struct text_error *reterr)
{
	const struct key_kind *kind = kind_find(type);
	struct reader r;

	if (kind == NULL || len > KEYBLOB_MAX)
		return text_fail(reterr, 0, "the key is too long");
	reader_init(&r, blob, len);
	if (!field_is(&r, type))
		return text_fail(reterr, 0,
		    "the key's inside is of another type than %s", type);
	if (kind->fields(&r, kind, reterr) == -1)
		return -1;
	if (kind->sk && application_check(&r, reterr) == -1)
		return -1;
	if (!reader_done(&r))
		return text_fail(reterr, 0, "bytes are left over in the key");
	return 0;
}

enum reason
keyblob_reason(const void *blob, size_t len, struct text_error *reterr)
{
	struct reader r;
	const uint8_t *at;
	char type[80];
	size_t type_len;

	reader_init(&r, blob, len);
	at = field(&r, &type_len);
	if (r.bad || type_len >= sizeof(type)) {
		text_fail(reterr, 0, "the key is malformed");
		return REASON_KEY_TYPE;
	}
	text_escape(at, type_len, type, sizeof(type));
	return keyblob_type(type, reterr);
}

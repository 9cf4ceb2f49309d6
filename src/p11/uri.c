/* SPDX-License-Identifier: Apache-2.0 */
#include "p11/uri.h"

#include <string.h>

/* Where each attribute goes; type= is checked, not kept. */
enum part {
	PART_OBJECT,
	PART_ID,
	PART_TYPE,
	PART_TEXT
};

static const struct field {
	const char *name;
	enum part part;
	size_t offset;
	size_t size; /* of the text with its NUL */
} fields[] = {
	{ "object", PART_OBJECT, offsetof(struct p11_uri, object),
	    P11_OBJECT_NAME },
	{ "id", PART_ID, 0, P11_OBJECT_ID + 1 },
	{ "type", PART_TYPE, 0, 16 },
	{ "token", PART_TEXT, offsetof(struct p11_uri, token), P11_LABEL },
	{ "serial", PART_TEXT, offsetof(struct p11_uri, serial), P11_SERIAL },
	{ "manufacturer", PART_TEXT, offsetof(struct p11_uri, maker),
	    P11_LABEL },
	{ "model", PART_TEXT, offsetof(struct p11_uri, model), P11_SERIAL },
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const struct field *
field_by_name(const char *name, size_t len)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (strlen(fields[i].name) == len &&
		    memcmp(fields[i].name, name, len) == 0)
			return &fields[i];
	return NULL;
}

/* The characters that RFC 7512 lets stand for themselves in the path. */
static bool
is_plain(char c)
{
	return char_is_alpha(c) || char_is_digit(c) ||
	    (c != '\0' && strchr("-._~:[]@!$'()*+,=&", c) != NULL);
}

/* Decodes into ret[size]: 0 and the length, or -1. */
static int
decode(const char *at, size_t len, uint8_t *ret, size_t size, size_t *ret_len)
{
	size_t used = 0;

	while (len > 0) {
		size_t step = *at == '%' ? 3 : 1;

		if (used == size || step > len)
			return -1;
		if (step == 1 && !is_plain(*at))
			return -1;
		if (step == 1)
			ret[used] = (uint8_t)*at;
		else if (hex_decode(at + 1, 2, &ret[used]) == -1)
			return -1;
		used++;
		at += step;
		len -= step;
	}
	*ret_len = used;
	return 0;
}

static int
store(const struct field *f, const uint8_t *value, size_t len,
    struct p11_uri *ret, struct text_error *reterr)
{
	if (len == 0)
		return text_fail(reterr, 0, "%s= is empty", f->name);
	if (f->part == PART_ID) {
		memcpy(ret->id, value, len);
		ret->id_len = len;
		return 0;
	}
	if (memchr(value, '\0', len) != NULL)
		return text_fail(reterr, 0, "%s= holds a NUL", f->name);
	if (f->part == PART_TYPE) {
		if (len != 7 || memcmp(value, "private", 7) != 0)
			return text_fail(reterr, 0, "type= must be private");
		return 0;
	}
	memcpy((char *)ret + f->offset, value, len);
	return 0;
}

/* One name=value; seen has a bit for each field that came before. */
static int
parse_part(const char *at, size_t len, unsigned *seen, struct p11_uri *ret,
    struct text_error *reterr)
{
	const char *equals = memchr(at, '=', len);
	const struct field *f;
	uint8_t value[P11_OBJECT_NAME];
	size_t name_len, value_len;

	if (equals == NULL)
		return text_fail(reterr, 0, "a part without '='");
	name_len = (size_t)(equals - at);
	if ((f = field_by_name(at, name_len)) == NULL)
		return text_fail(reterr, 0,
		    "only object=, id=, type=private, token=, serial=, "
		    "manufacturer= and model= are understood");
	if ((*seen & (1U << (f - fields))) != 0)
		return text_fail(reterr, 0, "%s= given twice", f->name);
	*seen |= 1U << (f - fields);
	if (decode(equals + 1, len - name_len - 1, value, f->size - 1,
		&value_len) == -1)
		return text_fail(reterr, 0,
		    "%s= is too long or not percent-encoded properly", f->name);
	return store(f, value, value_len, ret, reterr);
}

int
p11_uri_parse(const char *text, struct p11_uri *ret, struct text_error *reterr)
{
	static const char scheme[] = "pkcs11:";
	struct p11_uri uri = { 0 };
	unsigned seen = 0;
	size_t len;

	if (strncmp(text, scheme, sizeof(scheme) - 1) != 0)
		return text_fail(reterr, 0, "does not begin with pkcs11:");
	if (strchr(text, '?') != NULL)
		return text_fail(
		    reterr, 0, "a query (after '?') is not understood here");
	for (text += sizeof(scheme) - 1;; text += len + 1) {
		len = strcspn(text, ";");
		if (parse_part(text, len, &seen, &uri, reterr) == -1)
			return -1;
		if (text[len] == '\0')
			break;
	}
	if (uri.object[0] == '\0' && uri.id_len == 0)
		return text_fail(reterr, 0, "neither object= nor id=");
	*ret = uri;
	return 0;
}

static bool
text_fits(const char *wanted, const char *is)
{
	return *wanted == '\0' || strcmp(wanted, is) == 0;
}

bool
p11_uri_fits(const struct p11_uri *uri, const struct p11_token *token)
{
	return text_fits(uri->token, token->label) &&
	    text_fits(uri->serial, token->serial) &&
	    text_fits(uri->maker, token->maker) &&
	    text_fits(uri->model, token->model);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/uri.h"

#include <string.h>

static const char scheme[] = "pkcs11:";

/* What RFC 7512 lets stand in a path attribute as itself. */
static bool
is_plain(char c)
{
	return char_is_alpha(c) || char_is_digit(c) ||
	    (c != '\0' && strchr("-._~:[]@!$'()*+,=&", c) != NULL);
}

static const struct attribute {
	const char *name;
	size_t max; /* bytes when decoded */
} attributes[] = {
	{ "object", 255 },
	{ "id", 64 },
	{ "type", 7 },
	{ "token", 32 },
	{ "serial", 16 },
	{ "manufacturer", 32 },
	{ "model", 16 },
};
#define ATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))
#define OBJECT_OR_ID 3u /* the bits of the first two */

static int
value_check(const struct attribute *a, const char *at, size_t len,
    struct text_error *reterr)
{
	size_t bytes = 0;
	uint8_t byte;

	for (size_t i = 0; i < len; i++, bytes++) {
		if (is_plain(at[i]))
			continue;
		if (at[i] != '%')
			return text_fail(reterr, 0,
			    "'%c' must be percent-encoded in a pkcs11: URI",
			    at[i]);
		if (len - i < 3 || hex_decode(at + i + 1, 2, &byte) == -1)
			return text_fail(reterr, 0,
			    "'%%' without two hex digits in the URI");
		if (byte == 0 && a != &attributes[1])
			return text_fail(reterr, 0, "%s= holds a NUL", a->name);
		i += 2;
	}
	if (bytes == 0)
		return text_fail(reterr, 0, "%s= is empty", a->name);
	if (bytes > a->max)
		return text_fail(
		    reterr, 0, "%s= is over %zu bytes", a->name, a->max);
	return 0;
}

static const struct attribute *
attribute_find(const char *at, size_t len)
{
	for (size_t i = 0; i < ATTRIBUTES; i++)
		if (strlen(attributes[i].name) == len &&
		    memcmp(at, attributes[i].name, len) == 0)
			return &attributes[i];
	return NULL;
}

static int
attribute_check(
    const char *at, size_t len, unsigned *seen, struct text_error *reterr)
{
	const char *equals = memchr(at, '=', len);
	size_t name = equals != NULL ? (size_t)(equals - at) : len;
	const struct attribute *a = attribute_find(at, name);
	unsigned bit;

	if (a == NULL || equals == NULL)
		return text_fail(reterr, 0,
		    "\"%.*s\" may not stand in the URI; known: object=, id=, "
		    "type=private, token=, serial=, manufacturer=, model=",
		    name > 40 ? 40 : (int)name, at);
	bit = 1u << (a - attributes);
	if ((*seen & bit) != 0)
		return text_fail(
		    reterr, 0, "%s= is given twice in the URI", a->name);
	*seen |= bit;
	if (strcmp(a->name, "type") == 0 &&
	    (len != 12 || memcmp(at, "type=private", 12) != 0))
		return text_fail(reterr, 0,
		    "a signing key's URI can only have type=private");
	return value_check(a, equals + 1, len - name - 1, reterr);
}

int
uri_check(const char *uri, struct text_error *reterr)
{
	unsigned seen = 0;
	const char *at;
	size_t len;

	if (strlen(uri) > URI_MAX)
		return text_fail(
		    reterr, 0, "the URI is over %d bytes", URI_MAX);
	if (strncmp(uri, scheme, strlen(scheme)) != 0)
		return text_fail(reterr, 0,
		    "object must be a URI such as pkcs11:object=release or "
		    "pkcs11:id=%%01, not \"%.40s\"",
		    uri);
	for (at = uri + strlen(scheme);; at += len + 1) {
		len = strcspn(at, ";");
		if (attribute_check(at, len, &seen, reterr) == -1)
			return -1;
		if (at[len] == '\0')
			break;
	}
	if ((seen & OBJECT_OR_ID) == 0)
		return text_fail(
		    reterr, 0, "the URI needs object= or id= to name a key");
	return 0;
}

bool
uri_object(const char *uri, char ret[URI_OBJECT_SIZE])
{
	static const char name[] = "object=";
	const char *at = uri + strlen(scheme);
	size_t used = 0;

	while (strncmp(at, name, strlen(name)) != 0) {
		at += strcspn(at, ";");
		if (*at++ == '\0')
			return false;
	}
	for (at += strlen(name); *at != '\0' && *at != ';'; at++, used++) {
		uint8_t byte = (uint8_t)*at;

		if (*at == '%' && hex_decode(at + 1, 2, &byte) == 0)
			at += 2;
		ret[used] = (char)byte;
	}
	ret[used] = '\0';
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format_plan, declared in format/format.h: does this format fit the key and
 * the hash, and if not, what would?
 */
#include <stdio.h>
#include <string.h>

#include "format/certificate.h"
#include "format/format.h"

#define RSA_MIN_BITS 2048
#define RSA_MAX_BITS 16384
#define LIST_SIZE 256

static void
list_add(char list[LIST_SIZE], const char *word)
{
	size_t used = strlen(list);

	snprintf(
	    list + used, LIST_SIZE - used, "%s%s", used > 0 ? ", " : "", word);
}

/* Does the key have beside it what the format needs?  0, or -1 with a text. */
static int
check_needs(const struct format *format, const struct format_key *key,
    char text[MESSAGE_SIZE])
{
	char why[MESSAGE_SIZE];

	if ((format->needs & FORMAT_NEEDS_OPENPGP) != 0 &&
	    key->openpgp == NULL) {
		snprintf(text, MESSAGE_SIZE,
		    "format %s needs a key with an OpenPGP certificate",
		    format->name);
		return -1;
	}
	if ((format->needs & FORMAT_NEEDS_CERTIFICATE) == 0)
		return 0;
	if (key->certificate == NULL) {
		snprintf(text, MESSAGE_SIZE,
		    "format %s needs a key with a certificate", format->name);
		return -1;
	}
	if (certificate_fits(key->certificate, format->needs, why) == 0)
		return 0;
	snprintf(text, MESSAGE_SIZE,
	    "format %s: the key's certificate is not for it: %.300s",
	    format->name, why);
	return -1;
}

/* Of the same class: a key is for raw formats or for wrapped ones. */
static void
formats_that_fit(const struct format_key *key, bool wrapped, enum hash hash,
    char ret[LIST_SIZE])
{
	char text[MESSAGE_SIZE];
	const struct format *f;
	enum hash over;

	ret[0] = '\0';
	for (size_t i = 0; (f = format_at(i)) != NULL; i++)
		if (f->wrapped == wrapped &&
		    f->mech(key->type, hash, &over) != MECH_NONE &&
		    check_needs(f, key, text) == 0)
			list_add(ret, f->name);
}

static void
hashes_that_fit(const struct format *format, const struct format_key *key,
    char ret[LIST_SIZE])
{
	ret[0] = '\0';
	for (int h = HASH_NONE + 1; h < HASH_COUNT; h++) {
		enum hash over;
		enum mech mech = format->mech(key->type, (enum hash)h, &over);

		if (mech != MECH_NONE &&
		    (key->mechs & mech_bit(mech, over)) != 0)
			list_add(ret, hash_word((enum hash)h));
	}
}

static enum reason
no_format(const struct format *format, const struct format_key *key,
    enum hash hash, char text[MESSAGE_SIZE])
{
	const char *type = key_type_word(key->type);
	char list[LIST_SIZE];

	formats_that_fit(key, format->wrapped, hash, list);
	if (key->type == KEY_ED25519 && list[0] == '\0')
		snprintf(text, MESSAGE_SIZE,
		    "format %s does not fit an %s key, which signs messages, "
		    "not digests",
		    format->name, type);
	else if (list[0] == '\0')
		snprintf(
		    text, MESSAGE_SIZE, "no format fits this %s key", type);
	else
		snprintf(text, MESSAGE_SIZE,
		    "format %s does not fit this %s key; use %s", format->name,
		    type, list);
	return REASON_FORMAT;
}

/* The key type fits, this hash of lines does not. */
static enum reason
no_hash(const struct format *format, const struct format_key *key,
    enum hash hash, char text[MESSAGE_SIZE])
{
	char list[LIST_SIZE];

	hashes_that_fit(format, key, list);
	if (list[0] == '\0')
		return no_format(format, key, hash, text);
	snprintf(text, MESSAGE_SIZE, "format %s does not take %s; use %s",
	    format->name, hash == HASH_NONE ? "no hash" : hash_word(hash),
	    list);
	return REASON_HASH;
}

static enum reason
no_mech(const struct format *format, const struct format_key *key,
    enum hash hash, enum mech mech, char text[MESSAGE_SIZE])
{
	char list[LIST_SIZE];

	hashes_that_fit(format, key, list);
	if (list[0] == '\0') {
		snprintf(text, MESSAGE_SIZE,
		    "the token cannot sign format %s (%s) with this key",
		    format->name, mech_word(mech));
		return REASON_FORMAT;
	}
	snprintf(text, MESSAGE_SIZE,
	    "the token cannot sign %s in format %s with this key; use %s",
	    hash == HASH_NONE ? "without a hash" : hash_word(hash),
	    format->name, list);
	return REASON_HASH;
}

enum reason
format_plan(const struct format *format, const struct format_key *key,
    enum hash hash, enum mech *ret, enum hash *ret_over,
    char text[MESSAGE_SIZE])
{
	enum hash over = HASH_NONE;
	enum mech mech = format->mech(key->type, hash, &over);

	if (mech == MECH_NONE)
		return no_hash(format, key, hash, text);
	if (check_needs(format, key, text) == -1)
		return REASON_FORMAT;
	if (key->type == KEY_RSA &&
	    (key->bits < RSA_MIN_BITS || key->bits > RSA_MAX_BITS)) {
		snprintf(text, MESSAGE_SIZE,
		    "this RSA key has %u bits; %d to %d are supported",
		    key->bits, RSA_MIN_BITS, RSA_MAX_BITS);
		return REASON_FORMAT;
	}
	if ((key->mechs & mech_bit(mech, over)) == 0)
		return no_mech(format, key, hash, mech, text);
	*ret = mech;
	*ret_over = over;
	return REASON_OK;
}

enum reason
format_dates(const struct format *format, const struct format_key *key,
    int64_t now, char text[MESSAGE_SIZE])
{
	if ((format->needs & FORMAT_NEEDS_CERTIFICATE) == 0 ||
	    key->certificate == NULL || key->allow_expired ||
	    certificate_is_valid(key->certificate, now, text) == 0)
		return REASON_OK;
	return REASON_CERTIFICATE_DATES;
}

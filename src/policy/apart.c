/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/apart.h"

#include <stdio.h>
#include <string.h>

#include "policy/value.h"

#define SAME "sign the same bytes"
/*
 * Such a signature is over bytes of the client's and then a trailer of ours;
 * signed attributes, certificates and payloads may be made to end in one.
 */
#define ENDS "could be made to sign the same bytes"

static const struct {
	const char *one, *other, *why;
} pairs[] = {
	{ "verity", "freebsd-pkg", SAME },
	{ "openpgp", "cms", ENDS },
	{ "openpgp", "authenticode", ENDS },
	{ "openpgp", "tsa", ENDS },
	{ "openpgp", "dsse", ENDS },
	{ "openpgp", "sigstore-dsse", ENDS },
	{ "openpgp-text", "cms", ENDS },
	{ "openpgp-text", "authenticode", ENDS },
	{ "openpgp-text", "tsa", ENDS },
	{ "openpgp-text", "dsse", ENDS },
	{ "openpgp-text", "sigstore-dsse", ENDS },
};

/* Does a list the one, b the other? */
static bool
has_pair(const struct names *a, const struct names *b, char why[APART_SIZE])
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (!names_have(a, pairs[i].one) ||
		    !names_have(b, pairs[i].other))
			continue;
		snprintf(why, APART_SIZE, "formats %s and %s %s", pairs[i].one,
		    pairs[i].other, pairs[i].why);
		return true;
	}
	return false;
}

int
apart_check(const struct signing_key *key, struct text_error *reterr)
{
	const struct names *formats = &key->limits.formats;
	char why[APART_SIZE];

	if (!has_pair(formats, formats, why))
		return 0;
	return text_fail(reterr, formats->rule.line,
	    "key %s: %s: each needs a key of its own", key->name, why);
}

bool
apart_from(const struct signing_key *a, const struct signing_key *b,
    char why[APART_SIZE])
{
	return !has_pair(&a->limits.formats, &b->limits.formats, why) &&
	    !has_pair(&b->limits.formats, &a->limits.formats, why);
}

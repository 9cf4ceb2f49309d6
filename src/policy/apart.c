/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/apart.h"

#include <stdio.h>
#include <string.h>

#include "policy/private.h"
#include "policy/value.h"

#define SAME "sign the same bytes"
/*
 * Such a signature is over bytes of the client's and then a trailer of ours;
 * signed attributes, certificates and payloads may be made to end in one.  So
 * whatever comes with a certificate is among these: it is the certificate that
 * makes attributes count.
 */
#define ENDS "could be made to sign the same bytes"

/* The first of each pair a key has only where it lists it. */
static const struct {
	const char *one, *other, *why;
	bool listed; /* the other, too */
} pairs[] = {
	{ "verity", "freebsd-pkg", SAME, true },
	{ "openpgp", "cms", ENDS, false },
	{ "openpgp", "authenticode", ENDS, false },
	{ "openpgp", "tsa", ENDS, false },
	{ "openpgp", "dsse", ENDS, false },
	{ "openpgp", "sigstore-dsse", ENDS, false },
	{ "openpgp", "fsverity", ENDS, false },
	{ "openpgp", "verity", ENDS, false },
	{ "openpgp-text", "cms", ENDS, false },
	{ "openpgp-text", "authenticode", ENDS, false },
	{ "openpgp-text", "tsa", ENDS, false },
	{ "openpgp-text", "dsse", ENDS, false },
	{ "openpgp-text", "sigstore-dsse", ENDS, false },
	{ "openpgp-text", "fsverity", ENDS, false },
	{ "openpgp-text", "verity", ENDS, false },
};

#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))
_Static_assert(2 * PAIRS <= 32, "apart_set has two bits for each");

/* A key that lists no formats has those that need no list. */
static bool
has_other(const struct names *formats, size_t pair)
{
	if (formats->item == NULL)
		return !pairs[pair].listed;
	return names_have(formats, pairs[pair].other);
}

/* Has a the one, b the other? */
static bool
has_pair(const struct names *a, const struct names *b, char why[APART_SIZE])
{
	for (size_t i = 0; i < PAIRS; i++) {
		if (!names_have(a, pairs[i].one) || !has_other(b, i))
			continue;
		snprintf(why, APART_SIZE, "formats %s and %s %s", pairs[i].one,
		    pairs[i].other, pairs[i].why);
		return true;
	}
	return false;
}

const char *
apart_certificate(const struct names *formats)
{
	for (size_t i = 0; i < PAIRS; i++)
		if (strcmp(pairs[i].why, ENDS) == 0 &&
		    names_have(formats, pairs[i].one))
			return pairs[i].one;
	return NULL;
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

uint32_t
apart_set(const struct signing_key *key)
{
	const struct names *formats = &key->limits.formats;
	uint32_t set = 0;

	for (size_t i = 0; i < PAIRS; i++) {
		if (names_have(formats, pairs[i].one))
			set |= UINT32_C(1) << 2 * i;
		if (has_other(formats, i))
			set |= UINT32_C(2) << 2 * i;
	}
	return set;
}

/* One that begins a pair: few keys list any. */
static bool
is_choosy(const struct signing_key *key)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (names_have(&key->limits.formats, pairs[i].one))
			return true;
	return false;
}

static void
check_object(struct intake *in, const struct generation *g)
{
	char why[APART_SIZE];

	for (size_t i = 0; i < tree_generations(in->tree); i++) {
		const struct generation *other = tree_generation(in->tree, i);

		if (other->key == NULL || other->key == g->key ||
		    other->token != g->token || other->object == NULL ||
		    strcmp(other->object, g->object) != 0 ||
		    apart_from(g->key, other->key, why))
			continue;
		intake_fail(in, g->rule.file, g->rule.line,
		    "key %s has the object of key %s (%s:%u): %s", g->key->name,
		    other->key->name, other->rule.file, other->rule.line, why);
	}
}

void
apart_objects(struct intake *in)
{
	for (size_t i = 0; i < tree_generations(in->tree); i++) {
		const struct generation *g = tree_generation(in->tree, i);

		if (g->key != NULL && g->object != NULL && is_choosy(g->key))
			check_object(in, g);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rights.h"

#include <string.h>

#include "policy/decide.h"
#include "policy/list.h"
#include "policy/namespace.h"
#include "policy/private.h"
#include "policy/stamp.h"

#define ALL_HASHES ((1u << HASH_COUNT) - 2)
#define FORMATS_MAX 64 /* bits of a set */

/* What a format needs of the profile and the key, and the verb that makes it.
 */
static bool
can_make(const struct tree *tree, size_t format, const struct profile *profile,
    const struct signing_key *key, unsigned verbs)
{
	const struct format_word *f = &tree->formats[format];
	size_t at = 0;

	if (!both_allow_format(profile, key, f) ||
	    ((f->needs & FORMAT_NEEDS_NAMESPACE) != 0 &&
		namespace_next(profile, key, &at) == NULL))
		return false;
	return (verbs & (1u << VERB_SIGN | 1u << VERB_AGENT)) !=
	    1u << VERB_AGENT ||
	    strcmp(f->name, AGENT_FORMAT) == 0;
}

void
rights_of(const struct tree *tree, const struct profile *profile,
    const struct signing_key *key, struct rights *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (!grants_key(profile, key))
		return;
	ret->verbs = profile->limits.verb_set & key->limits.verb_set;
	for (size_t i = 0; i < tree->format_count && i < FORMATS_MAX; i++)
		if (can_make(tree, i, profile, key, ret->verbs))
			ret->formats |= UINT64_C(1) << i;
	ret->hashes = both_allow_hashes(profile, key) & ALL_HASHES;
	ret->stamps = key_stamps(key);
}

bool
rights_sign(const struct rights *rights)
{
	unsigned verbs = rights->stamps ? 1u << VERB_TSA :
					  1u << VERB_SIGN | 1u << VERB_AGENT;

	return rights->formats != 0 && rights->hashes != 0 &&
	    (rights->verbs & verbs) != 0;
}

void
rights_formats(
    const struct tree *tree, uint64_t set, char ret[static MESSAGE_SIZE])
{
	struct sentence s;

	ret[0] = '\0';
	sentence_init(&s, ret, MESSAGE_SIZE);
	for (size_t i = 0; i < tree->format_count && i < FORMATS_MAX; i++)
		if ((set & UINT64_C(1) << i) != 0)
			sentence_item(&s, tree->formats[i].name);
	if (s.items == 0)
		sentence_item(&s, "none");
}

void
rights_hashes(unsigned set, char ret[static MESSAGE_SIZE])
{
	struct sentence s;

	ret[0] = '\0';
	sentence_init(&s, ret, MESSAGE_SIZE);
	for (enum hash h = HASH_NONE + 1; h < HASH_COUNT; h++)
		if ((set & 1u << h) != 0)
			sentence_item(&s, hash_word(h));
	if (s.items == 0)
		sentence_item(&s, "none");
}

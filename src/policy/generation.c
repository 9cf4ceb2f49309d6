/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/generation.h"

#include "policy/entry.h"

/* How many have started. */
static size_t
started(const struct signing_key *key, int64_t now)
{
	size_t low = 0, high = key->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (key->generations[middle]->start <= now)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *
key_file_word(enum key_file file)
{
	return file == KEY_FILE_CERTIFICATE ? "certificate" : "openpgp";
}

const char *
key_file_kind(enum key_file file)
{
	return file == KEY_FILE_CERTIFICATE ? "a PEM certificate" :
					      "an armored OpenPGP public key";
}

const struct generation *
key_generation(const struct signing_key *key, int64_t now)
{
	size_t count = started(key, now);

	return count > 0 ? key->generations[count - 1] : NULL;
}

const struct generation *
key_next_generation(const struct signing_key *key, int64_t now)
{
	size_t count = started(key, now);

	return count < key->count ? key->generations[count] : NULL;
}

const struct generation *
generation_after(const struct generation *g)
{
	return key_next_generation(g->key, g->start);
}

const struct generation *
key_own(const struct signing_key *key)
{
	if (key->count == 0 || key->generations[0]->name[0] != '\0')
		return NULL;
	return key->generations[0];
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/key_shared.h"

#include <string.h>

bool
key_is_of(const struct key *key, const struct key_facts *f)
{
	return key->known && key->spki_len == f->spki_len &&
	    memcmp(key->spki, f->spki, f->spki_len) == 0;
}

const char *
key_is_shared(const struct keyring *ring, const struct key *key,
    const struct key_facts *f, char space[APART_SIZE])
{
	for (uint32_t i = 0; i < keyring_end(ring); i++) {
		const struct key *other = keyring_at(ring, i);

		if (other == NULL || other == key || !key_is_of(other, f))
			continue;
		if (other->audit != key->audit)
			return "an audit key must not be a signing key, too";
		if (other->wrapped != key->wrapped && other->conf != NULL)
			return "the object is used raw and wrapped: a raw "
			       "signature would be one in every format";
		if (other->conf != NULL && key->conf != NULL &&
		    !apart_from(key->conf->key, other->conf->key, space))
			return space;
	}
	return NULL;
}

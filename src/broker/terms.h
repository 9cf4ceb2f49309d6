/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an admin's words say of a signature, as they were when it was begun.  A
 * reload may come while the token has it, and free the tree: what is finished
 * then is what was signed, and the record says so.
 */
#ifndef CS_BROKER_TERMS_H
#define CS_BROKER_TERMS_H

#include "broker/keyring.h"
#include "format/format.h"

struct terms {
	unsigned refs;
	struct format_settings settings; /* its texts are its own */
	struct certificate *certificate; /* a reference, or NULL */
	char texts[]; /* NUL after each */
};

/*
 * Of a key as the tree has it now; namespace and trailer may be NULL.  NULL:
 * no memory.
 */
struct terms *terms_new(
    const struct key *, const char *namespace, const char *trailer);
struct terms *terms_ref(struct terms *);
void terms_free(struct terms *);

/* The key's facts, with the certificate of then. */
void terms_facts(
    const struct terms *, const struct key *, struct format_key *ret);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a line, or all lines of a request, to what its format needs to know of
 * them.
 */
#ifndef CS_BROKER_MAKER_H
#define CS_BROKER_MAKER_H

#include "base/oid.h"
#include "format/format.h"

struct slot;

/* Embedded by who asks; views into the slot or the request. */
struct maker {
	struct making making;
	struct format_line line; /* where there is one */
	struct format_line *lines; /* where there are more */
};

/*
 * What the slot's signature is made of; the key is the slot's, or the
 * request's where it has none yet.
 */
void maker_init(struct maker *, const struct slot *);
/* The same, for all lines of its request: 0, or -1: no memory. */
int maker_all(struct maker *, const struct slot *);
void maker_release(struct maker *);

/*
 * Can its format sign this line, beside what mechanisms say?  OK, or a reason
 * with a sentence.
 */
enum reason maker_fits(const struct slot *, char text[MESSAGE_SIZE]);

/*
 * An admin's words for formats, by who asks.  The texts are copies: what is on
 * its way when a tree goes is still made with them.
 */
struct settings {
	struct format_settings set;
	char namespace[NAMESPACE_SIZE]; /* "": its format has none */
	char predicate_type[URI_SIZE];
	char tsa_policy[OID_TEXT];
};

/* Those of the key; namespace and set.trailer are the caller's. */
void maker_settings(struct settings *, const struct signing_key *);

/* The signer's time and luck: once for a signature, however often tried. */
void maker_begin(struct slot *);

#endif

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
	struct format_key key;
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
 * The admin's words, the signer's time and luck: once for a signature, however
 * often tried.
 */
void maker_begin(struct slot *);

/* What the token is to sign, in service->input: 0, or -1. */
int maker_input(const struct slot *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A listing (broker/listing.h) read back.  The text is hostile until it is
 * read: all of it has to be what we write, or none counts.
 */
#ifndef CS_BROKER_RECALL_H
#define CS_BROKER_RECALL_H

#include "base/text.h"
#include "policy/compare.h"

struct recalled {
	enum change_object object;
	const char *name, *hash;
	const char *profile, *principal; /* of a client key, or NULL */
};

/* In strict order of object and name. */
struct recall {
	struct recalled *list;
	size_t count;
};

/*
 * Points into text, which has a NUL behind its len bytes and is cut up: 0, or
 * -1 with the line and what is wrong.
 */
int recall_read(
    char *text, size_t len, struct recall *ret, struct text_error *reterr);
void recall_release(struct recall *);

#endif

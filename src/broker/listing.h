/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tree has, one short entry an object: enough to say later what came,
 * what went and what is written in another way.
 */
#ifndef CS_BROKER_LISTING_H
#define CS_BROKER_LISTING_H

#include "base/buf.h"
#include "policy/compare.h"

/* Its first line, and the beginning of its last one. */
#define LISTING_HEAD "countersign-configuration 1\n"
#define LISTING_END "end "
/* SHA-256 in base64 without padding. */
#define LISTING_HASH 43
#define LISTING_MAX ((size_t)256 << 20)

struct listed {
	enum change_object object;
	/* Of the tree: struct token_conf, signing_key, … */
	const void *thing;
	char name[64]; /* a client key's fingerprint; of server, its file */
	char hash[LISTING_HASH + 1]; /* of what was written for it */
};

/* In the order of object and name. */
struct listing {
	struct listed *list;
	size_t count;
};

/* Points into the tree: 0, or -1 (no memory, or libcrypto failed). */
int listing_make(const struct tree *, struct listing *ret);
void listing_release(struct listing *);

/*
 * A line an entry, "object name hash", for client keys followed by profile and
 * principal; the last line has the hash of those before it.  The buf's bad is
 * set when it does not fit.
 */
void listing_text(const struct listing *, struct buf *ret);

/* Of len bytes: 0, or -1. */
int listing_hash(const void *, size_t len, char ret[static LISTING_HASH + 1]);

#endif

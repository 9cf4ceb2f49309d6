/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What another tree would change for the people who use it: what is gained,
 * lost and changed, word by word, and which rights to sign come and go by
 * that, whichever file it was written in.
 */
#ifndef CS_POLICY_EFFECT_H
#define CS_POLICY_EFFECT_H

#include "policy/compare.h"
#include "policy/turn.h"

enum effect_sort {
	EFFECT_THING, /* a key, profile or client key as a whole */
	EFFECT_WORD, /* one word of something that stays */
	EFFECT_RIGHT, /* what a profile's people may have signed */
};

/* Some of the people, each once, and how many there are. */
#define EFFECT_PEOPLE 3
struct people {
	const char *principal[EFFECT_PEOPLE];
	const char *last;
	size_t count;
	size_t keys; /* client keys */
};

/* A view into one of the trees, with no NUL behind it. */
struct view {
	const char *text; /* NULL: not given */
	size_t len;
};

/* Everything points into the trees, or is gone after the call. */
struct effect {
	enum effect_sort sort;
	enum change_kind kind;
	enum change_object object;
	const char *name; /* a client key's: its principal; "" for server */
	const struct client_key *client; /* of a client key */
	struct rule rule; /* in the tree that has it */

	/* WORD */
	const char *word;
	size_t word_len;
	struct view before, after;
	enum turn turn;

	/* RIGHT: profile `name', and what its people had before */
	const char *from_profile; /* NULL: they stay in it */
	const char *key;
	const char
	    *what; /* "format", "hash", "namespace", or NULL: the key itself */
	const char *list; /* which ones */

	struct people people; /* RIGHT; a profile that is lost or gained */
};

typedef void effect_fn(void *arg, const struct effect *);

/*
 * In order: things and their words (server, keys and their generations,
 * tenants, profiles, client keys), then rights.  0, or -1: no memory.
 */
int effects_find(const struct tree *before, const struct tree *after,
    effect_fn *, void *arg);

#endif

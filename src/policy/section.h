/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds of sections: which words each knows, and what becomes of them.
 *
 * A kind is one table; a word that is not in it is an error, and one that a
 * later version will know says so.
 */
#ifndef CS_POLICY_SECTION_H
#define CS_POLICY_SECTION_H

#include "policy/private.h"

/* Where a value stands. */
struct place {
	struct tree *tree;
	const char *path; /* of the file, absolute */
	struct rule rule;
};

struct word;

/* Puts value into the word's field: 0, or -1 with reterr->what. */
typedef int value_fn(const struct place *, const struct word *,
    const char *value, void *field, struct text_error *reterr);

struct word {
	const char *name;
	value_fn *set;
	size_t field; /* offset in the section's object */
	size_t rule; /* offset of its struct rule; 0: none */
	uint64_t min, max; /* for numbers and lengths */
};

struct kind {
	const char *name;
	enum tree_part part;
	bool named; /* [kind NAME], otherwise [kind] */
	const struct word *words;
	size_t count;
	/* The object to fill in, or NULL with reterr. */
	void *(*open)(
	    const struct place *, const char *name, struct text_error *reterr);
	/* After the last word, if all were good; may be NULL. */
	int (*close)(
	    const struct place *, void *object, struct text_error *reterr);
	size_t said; /* offset of where its lines are kept; 0: nowhere */
	size_t limits; /* offset of its struct limits, whose words it has, too;
			  0: none */
};

extern const struct kind kind_server, kind_limits, kind_audit;
extern const struct kind kind_token, kind_key, kind_generation, kind_profile;
extern const struct kind kind_tenant;

/* Takes in one file of a part made of sections. */
void sections_read(
    struct intake *, enum tree_part, const char *text, size_t len);

#endif

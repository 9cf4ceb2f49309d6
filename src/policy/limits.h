/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words that keys and profiles share: one table, whatever the section.
 * Offsets in it are those of struct limits.
 */
#ifndef CS_POLICY_LIMITS_H
#define CS_POLICY_LIMITS_H

#include "policy/section.h"

/* Whose burst takes longer than a century to fill is a mistake. */
#define RATE_SECONDS_MAX (31u * 86400)
#define BURST_MAX 1000000u

extern const struct word limit_words[];
extern const size_t limit_word_count;

/* What holds until a word says otherwise: every verb, and these hashes. */
void limits_init(struct limits *, unsigned hash_set);
/* Remembers that this word of the table was said; NULL is none. */
void limits_given(struct limits *, const struct word *);
/* The first word that was said, in the table's order; NULL: none was. */
const char *limits_first(const struct limits *);

/*
 * After the last word of "key NAME" or "profile NAME": the checks that need
 * several of them: 0, or -1 with reterr and its line.
 */
int limits_close(const char *what, const char *name, struct limits *,
    struct text_error *reterr);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which records somebody asks for.  Several values of one word mean "or",
 * different words mean "and".  Values are compared as records hold them once
 * RFC 5424's backslashes are undone: those of text_escape() stay.
 */
#ifndef CS_REVIEW_FILTER_H
#define CS_REVIEW_FILTER_H

#include "audit/fields.h"

struct filter;

/* now_us: what "-2h" is counted from.  NULL: no memory. */
struct filter *filter_new(uint64_t now_us);
void filter_free(struct filter *);

/*
 * One question, as "key" and "release".  0, or -1 with reterr (which names
 * the word): no such word, or not a value that it can have; the filter is
 * then good for nothing but filter_free.
 */
int filter_add(struct filter *, const char *word, const char *value,
    struct text_error *reterr);

/*
 * Cheap, on a line that nobody has read yet: false only when no record in
 * this line can match.
 */
bool filter_may_match(const struct filter *, const char *line, size_t len);
bool filter_match(const struct filter *, const struct fields *);

#endif

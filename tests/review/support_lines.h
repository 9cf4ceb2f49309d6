/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records for tests: one of each kind, and those that a test makes up.
 */
#ifndef CS_TESTS_REVIEW_SUPPORT_LINES_H
#define CS_TESTS_REVIEW_SUPPORT_LINES_H

#include "audit/fields.h"

/* Pairs of name and value, up to a NULL name. */
struct pair {
	const char *name, *value;
};

#define LINES_START_US UINT64_C(1795232243123456) /* 2026-11-21T03:37:23 */
#define LINES_DIGEST \
	"8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"
#define LINES_PRINT "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* Without its LF, terminated; record r->seq comes a second after the last. */
void line_make(struct record *r, struct chain *chain, enum event event,
    const struct pair *pairs, const char *text);

/* A plausible record of each event, the fields of the man page in it. */
const struct pair *pairs_of(enum event event);

#endif

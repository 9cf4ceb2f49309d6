/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is allowed to stand in a tree, and what an admin should look at all
 * the same: what expires soon, what nobody can use, what is unbounded.
 */
#ifndef CS_POLICY_LINT_H
#define CS_POLICY_LINT_H

#include "policy/tree.h"

/* One thing to look at.  kind is a word for programs, "expired", "unused". */
struct note {
	const char *kind;
	struct rule rule;
	char text[MESSAGE_SIZE];
};

typedef void note_fn(void *arg, const struct note *);

/* Seconds since 1970. */
struct lint_time {
	int64_t now;
	int64_t soon; /* what ends before that is told; now or later */
};

/* 0, or -1: no memory. */
int lint(const struct tree *, const struct lint_time *, note_fn *, void *arg);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of policy/lint.h that look at client keys and at objects.
 */
#ifndef CS_POLICY_LINT_PARTS_H
#define CS_POLICY_LINT_PARTS_H

#include <stdlib.h>

#include "policy/lint.h"
#include "policy/people.h"

struct linter {
	const struct tree *tree;
	const struct lint_time *time;
	note_fn *fn;
	void *arg;
	struct crowd crowd;
};

/* When something ends (0: never), and where that is written. */
struct lint_until {
	int64_t end;
	struct rule rule;
};

void lint_tell(struct linter *, const char *kind, struct rule, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));
/* Expired, or soon. */
void lint_end(struct linter *, const char *what, const char *name,
    const struct lint_until *);

/* Several names of one object: 0, or -1: no memory. */
int lint_objects(struct linter *);
int lint_clients(struct linter *);

#endif

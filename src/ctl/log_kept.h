/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The newest checkpoint that the service keeps beside its log, which
 * `log verify' holds the log of the tree against.
 */
#ifndef CS_CTL_LOG_KEPT_H
#define CS_CTL_LOG_KEPT_H

#include <limits.h>

#include "audit/auditor.h"

struct kept {
	enum {
		KEPT_UNASKED, /* or it cannot be read, which was said */
		KEPT_MISSING,
		KEPT_TAKEN, /* it is among the auditor's claims */
	} state;
	char dir[PATH_MAX]; /* the state folder */
	char path[PATH_MAX];
	uint64_t size;
};

/*
 * Before the records are opened, which it then cannot be ahead of, as it is
 * written after its CHECKPOINT record: 0, or an exit status (said why).
 */
int kept_take(struct kept *, const char *tree, struct claims *);

/*
 * After a fault: is it that older pieces were moved away, and with them all
 * that it covers?  Says so, then: the records are to be read without it.
 */
bool kept_is_past(
    const struct kept *, const struct auditor *, const struct fault *);
/* Makes a fault clearer that it is the cause of. */
void kept_explain(const struct kept *, const struct auditor *, struct fault *);

/* The records are intact: says that it is missing where it should be. */
void kept_miss(const struct kept *, const struct auditor *);

#endif

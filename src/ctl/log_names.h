/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pieces of a log against their names, which say what each begins with:
 * what the chain alone cannot tell when nothing comes before.
 */
#ifndef CS_CTL_LOG_NAMES_H
#define CS_CTL_LOG_NAMES_H

#include "audit/follow.h"
#include "review/input.h"

/* All zeros at first. */
struct names {
	const char *file; /* begins with another record than it says */
	uint64_t said, begins;
	bool joined; /* the record follows those of the piece before */
};

/* The follower took the record of this line: 0, or -1 with the fault. */
int names_record(struct names *, const struct follower *,
    const struct input_line *, struct fault *ret);
/* INPUT_EMPTY: 0, or -1 with the fault. */
int names_empty(struct names *, struct follower *, const struct input_line *,
    struct fault *ret);
/* INPUT_END: 0, or -1 with the fault. */
int names_end(const struct names *, const struct follower *, struct fault *ret);

#endif

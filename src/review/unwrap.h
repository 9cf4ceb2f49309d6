/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record in a line, for input.c: input_unwrap (input.h) without a copy
 * where none is needed.
 */
#ifndef CS_REVIEW_UNWRAP_H
#define CS_REVIEW_UNWRAP_H

#include "review/input.h"

struct unwrapped {
	const char *record; /* in the line, or in space */
	size_t len;
	char space[INPUT_LINE_MAX];
};

/* 0, or -1 with reterr. */
int unwrap(const char *line, size_t len, struct unwrapped *ret,
    struct text_error *reterr);

#endif

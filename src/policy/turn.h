/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of struct limits, one row each: where a word was written, and
 * whether another value of it allows more or less.
 */
#ifndef CS_POLICY_TURN_H
#define CS_POLICY_TURN_H

#include "policy/entry.h"

enum turn {
	TURN_OTHER, /* neither, or both */
	TURN_LOOSENED,
	TURN_TIGHTENED,
};

/* "loosened", "tightened", or "" for neither. */
const char *turn_word(enum turn);
/* word is a word of keys and profiles of len bytes; OTHER for one unknown. */
enum turn turn_of(const char *word, size_t len, const struct limits *before,
    const struct limits *after);
/* The line of a word; its file is NULL when there is none. */
struct rule turn_rule(const char *word, size_t len, const struct limits *);

#endif

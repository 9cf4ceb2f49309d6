/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cutting a command into words: blanks separate, quotes group, nothing is
 * ever expanded.
 */
#ifndef CS_POLICY_SPLIT_H
#define CS_POLICY_SPLIT_H

#include "base/text.h"
#include "base/words.h"

#define SPLIT_WORDS 32

struct split {
	const char *word[SPLIT_WORDS];
	size_t count;
	char space[COMMAND_SIZE]; /* what the words point into */
};

/* 0, or -1 with reterr->what. */
int split_command(
    const char *text, struct split *ret, struct text_error *reterr);

#endif

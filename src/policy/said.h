/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking what was said in a section: the text "word = value" lines that keys,
 * profiles, tokens and countersign.conf keep of themselves.
 */
#ifndef CS_POLICY_SAID_H
#define CS_POLICY_SAID_H

#include <stdbool.h>
#include <stddef.h>

/* Views into the text, without a NUL behind them. */
struct said {
	const char *word, *value;
	size_t word_len, value_len;
};

/* Moves *at (may be NULL) over the next line; false at the end. */
bool said_next(const char **at, struct said *ret);
/* The line of this word; false, and ret is empty: there is none. */
bool said_find(
    const char *text, const char *word, size_t len, struct said *ret);
bool said_is(const struct said *, const char *word);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking a list of words in a text, and putting words together to a
 * sentence, without memory of its own.
 */
#ifndef CS_POLICY_LIST_H
#define CS_POLICY_LIST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Moves *at over the next item (separated by blanks, and by commas where
 * asked; empty items are passed over).  False at the end.
 */
bool list_next(const char **at, bool commas, const char **ret, size_t *ret_len);

/* "a, b, c" in a bounded text; what does not fit is told by "...". */
struct sentence {
	char *text;
	size_t size;
	size_t len;
	unsigned items;
	bool full;
};

/* Goes on behind what text already holds. */
void sentence_init(struct sentence *, char *text, size_t size);
void sentence_item(struct sentence *, const char *word);

#endif

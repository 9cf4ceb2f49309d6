/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a command that digests-from names, filled in for one line.
 */
#ifndef CS_BROKER_LISTS_WORDS_H
#define CS_BROKER_LISTS_WORDS_H

#include "policy/entry.h"
#include "wire/lists.h"

/* What %d %h %n %k %f %p %u stand for; none is NULL. */
struct list_facts {
	const char *digest, *hash, *name, *key, *format, *profile, *user;
};

/*
 * Each word stays one word, whatever is filled in, and may become empty.
 * False: all of them together are too long.
 */
bool lists_words_fill(struct list_words *ret, const struct names *command,
    const struct list_facts *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/lists_words.h"

#include <string.h>

static const char *
fact(const struct list_facts *facts, char c)
{
	switch (c) {
	case 'd':
		return facts->digest;
	case 'h':
		return facts->hash;
	case 'n':
		return facts->name;
	case 'k':
		return facts->key;
	case 'f':
		return facts->format;
	case 'p':
		return facts->profile;
	case 'u':
		return facts->user;
	default:
		return "%";
	}
}

static bool
add(char *word, size_t size, size_t *used, const char *text, size_t len)
{
	if (len >= size - *used)
		return false;
	memcpy(word + *used, text, len);
	*used += len;
	word[*used] = '\0';
	return true;
}

/* One word; the tree holds none with a letter that is unknown. */
static bool
fill(const char *at, const struct list_facts *facts, char *word, size_t size)
{
	size_t used = 0;

	word[0] = '\0';
	while (*at != '\0') {
		size_t len = strcspn(at, "%");
		const char *text;

		if (!add(word, size, &used, at, len))
			return false;
		at += len;
		if (at[0] == '\0' || at[1] == '\0')
			break;
		text = fact(facts, at[1]);
		if (!add(word, size, &used, text, strlen(text)))
			return false;
		at += 2;
	}
	return true;
}

bool
lists_words_fill(struct list_words *ret, const struct names *command,
    const struct list_facts *facts)
{
	static char word[LISTS_TEXT];

	ret->count = 0;
	ret->used = 0;
	for (size_t i = 0; i < command->count; i++) {
		/* The path is nobody's to choose. */
		if (i == 0 && !list_words_add(ret, command->item[0]))
			return false;
		if (i > 0 &&
		    (!fill(command->item[i], facts, word, sizeof(word)) ||
			!list_words_add(ret, word)))
			return false;
	}
	return ret->count > 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/said.h"

#include <string.h>

#define BETWEEN " = "

bool
said_next(const char **at, struct said *ret)
{
	const char *line = *at, *end, *value;

	if (line == NULL || (end = strchr(line, '\n')) == NULL)
		return false;
	*at = end + 1;
	ret->word = line;
	ret->word_len = strcspn(line, " \n");
	value = line + ret->word_len;
	if (strncmp(value, BETWEEN, strlen(BETWEEN)) == 0)
		value += strlen(BETWEEN);
	ret->value = value;
	ret->value_len = (size_t)(end - value);
	return true;
}

bool
said_find(const char *text, const char *word, size_t len, struct said *ret)
{
	while (said_next(&text, ret))
		if (ret->word_len == len && memcmp(ret->word, word, len) == 0)
			return true;
	memset(ret, 0, sizeof(*ret));
	return false;
}

bool
said_is(const struct said *said, const char *word)
{
	return strlen(word) == said->word_len &&
	    memcmp(word, said->word, said->word_len) == 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/split.h"

#include <string.h>

/*
 * Copies one word without its quotes, which may stand anywhere in it.  Returns
 * the text behind it, or NULL when a quote is left open.
 */
static const char *
word_take(const char *text, char **to)
{
	char quote = '\0';

	for (; *text != '\0'; text++) {
		if (quote != '\0') {
			if (*text == quote)
				quote = '\0';
			else
				*(*to)++ = *text;
		} else if (*text == '\'' || *text == '"') {
			quote = *text;
		} else if (char_is_blank(*text)) {
			break;
		} else {
			*(*to)++ = *text;
		}
	}
	*(*to)++ = '\0';
	return quote == '\0' ? text : NULL;
}

static int
check_text(const char *text, struct text_error *reterr)
{
	size_t len = strnlen(text, COMMAND_SIZE);

	if (len == COMMAND_SIZE)
		return text_fail(reterr, 0, "the command is over %d bytes",
		    COMMAND_SIZE - 1);
	for (size_t i = 0; i < len; i++)
		if (!char_is_print(text[i]) && text[i] != '\t')
			return text_fail(reterr, 0,
			    "the command may hold printable ASCII only");
	return 0;
}

int
split_command(const char *text, struct split *ret, struct text_error *reterr)
{
	char *to = ret->space;

	ret->count = 0;
	if (check_text(text, reterr) == -1)
		return -1;
	for (;;) {
		while (char_is_blank(*text))
			text++;
		if (*text == '\0')
			return 0;
		if (ret->count == SPLIT_WORDS)
			return text_fail(reterr, 0,
			    "the command has over %d words", SPLIT_WORDS);
		ret->word[ret->count++] = to;
		if ((text = word_take(text, &to)) == NULL)
			return text_fail(
			    reterr, 0, "a quote is not closed in the command");
	}
}

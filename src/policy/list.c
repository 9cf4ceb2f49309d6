/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/list.h"

#include <string.h>

#include "base/text.h"

static bool
is_separator(char c, bool commas)
{
	return char_is_blank(c) || (commas && c == ',');
}

bool
list_next(const char **at, bool commas, const char **ret, size_t *ret_len)
{
	const char *p = *at, *start;

	while (*p != '\0' && is_separator(*p, commas))
		p++;
	start = p;
	while (*p != '\0' && !is_separator(*p, commas))
		p++;
	*at = p;
	if (p == start)
		return false;
	*ret = start;
	*ret_len = (size_t)(p - start);
	return true;
}

void
sentence_init(struct sentence *s, char *text, size_t size)
{
	*s = (struct sentence){ .text = text, .size = size };
	s->len = strlen(text);
}

static void
append(struct sentence *s, const char *text)
{
	size_t len = strlen(text);

	memcpy(s->text + s->len, text, len + 1);
	s->len += len;
}

void
sentence_item(struct sentence *s, const char *word)
{
	static const char more[] = ", ...";
	const char *comma = s->items > 0 ? ", " : "";

	if (s->full)
		return;
	/* Room for the sign that something is missing is always kept. */
	if (s->len + strlen(comma) + strlen(word) + sizeof(more) > s->size) {
		s->full = true;
		if (s->len + sizeof(more) <= s->size)
			append(s, s->items > 0 ? more : more + 2);
		return;
	}
	append(s, comma);
	append(s, word);
	s->items++;
}

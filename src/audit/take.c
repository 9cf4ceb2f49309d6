/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/take.h"

#include <string.h>

#include "base/text.h"

bool
take_line(struct text *t, struct slice *ret)
{
	const char *end = memchr(t->at, '\n', t->left);

	t->line++;
	if (end == NULL)
		return false;
	ret->at = t->at;
	ret->len = (size_t)(end - t->at);
	t->at += ret->len + 1;
	t->left -= ret->len + 1;
	return true;
}

static void
cut(struct slice *line, size_t len)
{
	line->at += len;
	line->len -= len;
}

bool
take_prefix(struct slice *line, const char *prefix)
{
	size_t len = strlen(prefix);

	if (line->len < len || memcmp(line->at, prefix, len) != 0)
		return false;
	cut(line, len);
	return true;
}

bool
take_word(struct slice *line, struct slice *ret)
{
	const char *end = memchr(line->at, ' ', line->len);

	if (end == NULL || end == line->at)
		return false;
	ret->at = line->at;
	ret->len = (size_t)(end - line->at);
	cut(line, ret->len + 1);
	return true;
}

bool
slice_number(const struct slice *line, uint64_t *ret)
{
	char digits[20];

	if (line->len == 0 || line->len >= sizeof(digits) ||
	    (line->len > 1 && line->at[0] == '0'))
		return false;
	memcpy(digits, line->at, line->len);
	digits[line->len] = '\0';
	return strlen(digits) == line->len &&
	    text_number(digits, TAKE_NUMBER_MAX, ret) == 0;
}

bool
slice_hash(const struct slice *line, merkle_hash ret)
{
	size_t len;

	return base64_decode(line->at, line->len, ret, MERKLE_HASH, &len) ==
	    0 &&
	    len == MERKLE_HASH;
}

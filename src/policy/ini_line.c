/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/ini_line.h"

#include <string.h>

#include "base/utf8.h"
#include "policy/ini.h"

static int
check_bytes(const char *text, size_t len, struct text_error *reterr)
{
	if (len > INI_LINE_MAX)
		return text_fail(
		    reterr, 0, "the line is over %d bytes", INI_LINE_MAX);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\0')
			return text_fail(reterr, 0, "a NUL byte in the line");
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return text_fail(reterr, 0,
			    "a control character (0x%02x) in the line", c);
	}
	if (!text_is_utf8(text, len))
		return text_fail(reterr, 0, "the line is not UTF-8");
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		return text_fail(
		    reterr, 0, "a byte order mark: save the file without it");
	return 0;
}

/*
 * Errors quote what was written, to terminals too; and what an admin reads must
 * be what it means.
 */
static int
check_shown(const char *text, size_t len, struct text_error *reterr)
{
	uint32_t c = utf8_hidden(text, len);

	if (c == 0)
		return 0;
	return text_fail(reterr, 0,
	    "a character that is not shown (U+%04X) in the line", (unsigned)c);
}

static int
section_parse(const char *text, size_t len, struct ini_line *ret,
    struct text_error *reterr)
{
	const char *end = memchr(text, ']', len);
	size_t name_len;

	if (end == NULL)
		return text_fail(reterr, 0, "a section without its ']'");
	if (end != text + len - 1)
		return text_fail(reterr, 0, "text after the section's ']'");
	name_len = len - 2;
	if (name_len == 0)
		return text_fail(reterr, 0, "an empty section name");
	if (char_is_blank(text[1]) || char_is_blank(text[name_len]))
		return text_fail(
		    reterr, 0, "write the section as [kind] or [kind NAME]");
	ret->kind = INI_SECTION;
	ret->name = text + 1;
	ret->name_len = name_len;
	return 0;
}

static bool
is_word_char(char c)
{
	return char_is_alpha(c) || char_is_digit(c) || c == '-' || c == '_';
}

/* libinih, and some readers, would take the rest for a comment. */
static const char *
find_comment(const char *value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((value[i] == ';' || value[i] == '#') &&
		    (i == 0 || char_is_blank(value[i - 1])))
			return value + i;
	return NULL;
}

static int
pair_parse(const char *text, size_t len, struct ini_line *ret,
    struct text_error *reterr)
{
	const char *comment;
	size_t at = 0;

	while (at < len && is_word_char(text[at]))
		at++;
	ret->name = text;
	ret->name_len = at;
	while (at < len && char_is_blank(text[at]))
		at++;
	if (at < len && text[at] == ':')
		return text_fail(reterr, 0, "':' after a word: write '='");
	if (at == len || text[at] != '=')
		return text_fail(
		    reterr, 0, "expected \"word = value\" or \"[section]\"");
	if (ret->name_len == 0)
		return text_fail(reterr, 0, "no word before '='");
	at++;
	while (at < len && char_is_blank(text[at]))
		at++;
	ret->value = text + at;
	ret->value_len = len - at;
	if (ret->value_len == 0)
		return text_fail(reterr, 0, "%.*s has no value",
		    (int)ret->name_len, ret->name);
	if ((comment = find_comment(ret->value, ret->value_len)) != NULL)
		return text_fail(reterr, 0,
		    "'%c' inside a value: a comment needs a line of its own",
		    *comment);
	ret->kind = INI_PAIR;
	return 0;
}

int
ini_line_parse(const char *text, size_t len, struct ini_line *ret,
    struct text_error *reterr)
{
	struct ini_line line = { .kind = INI_NOTHING };
	int rv = 0;

	if (check_bytes(text, len, reterr) == -1)
		return -1;
	while (len > 0 && char_is_blank(text[len - 1]))
		len--;
	if (len == 0 || text[0] == '#' || text[0] == ';')
		rv = 0;
	else if (check_shown(text, len, reterr) == -1)
		rv = -1;
	else if (char_is_blank(text[0]))
		rv = text_fail(reterr, 0,
		    "the line is indented: there are no continuation lines");
	else if (text[0] == '[')
		rv = section_parse(text, len, &line, reterr);
	else
		rv = pair_parse(text, len, &line, reterr);
	if (rv == 0)
		*ret = line;
	return rv;
}

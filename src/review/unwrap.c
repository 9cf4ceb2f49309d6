/* SPDX-License-Identifier: Apache-2.0 */
#include "review/unwrap.h"

#include <string.h>

#include "review/json_read.h"

#define OURS "[countersign@32473 "
#define BOM "\xef\xbb\xbf" /* before the text, by RFC 5424's wish */
#define COUNT_DIGITS 5

/* "123 " before what is so long, with or without an LF. */
static int
drop_count(struct unwrapped *u, struct text_error *reterr)
{
	const char *blank = memchr(u->record, ' ', u->len);
	size_t digits = blank != NULL ? (size_t)(blank - u->record) : 0;
	char number[COUNT_DIGITS + 1];
	uint64_t count;

	if (digits == 0 || digits > COUNT_DIGITS || digits + 1 == u->len ||
	    blank[1] != '<')
		return 0;
	memcpy(number, u->record, digits);
	number[digits] = '\0';
	if (text_number(number, INPUT_LINE_MAX, &count) == -1)
		return 0;
	u->record += digits + 1;
	u->len -= digits + 1;
	if (count == u->len || count == u->len + 1)
		return 0;
	return text_fail(reterr, 0, "its octet count is %ju and not %zu",
	    (uintmax_t)count, u->len);
}

/* Behind the ']' of the element that begins at `at'; NULL: it has no end. */
static const char *
element_end(const char *at, const char *end)
{
	bool quoted = false;

	for (; at < end; at++) {
		if (*at == '\\' && quoted)
			at++;
		else if (*at == '"')
			quoted = !quoted;
		else if (*at == ']' && !quoted)
			return at + 1;
	}
	return NULL;
}

/* Where the sixth blank of a header ends: the data. */
static const char *
data_begin(const char *at, const char *end)
{
	for (unsigned blanks = 0; at != NULL && blanks < 6; blanks++) {
		at = memchr(at, ' ', (size_t)(end - at));
		at = at != NULL ? at + 1 : NULL;
	}
	return at;
}

static bool
is_ours(const char *at, const char *end)
{
	size_t len = sizeof(OURS) - 1;

	return (size_t)(end - at) >= len && memcmp(at, OURS, len) == 0;
}

static char *
append(char *to, const char *from, size_t len)
{
	memcpy(to, from, len);
	return to + len;
}

/* "][": one element behind another, or something in a text. */
static bool
has_elements(const char *at, const char *end)
{
	while ((at = memchr(at, ']', (size_t)(end - at))) != NULL)
		if (++at < end && *at == '[')
			return true;
	return false;
}

/* Is there anything that a relay may have added?  Hardly ever. */
static bool
is_pure(const char *line, size_t len)
{
	return !has_elements(line, line + len) &&
	    memchr(line, BOM[0], len) == NULL &&
	    (len == 0 || (line[len - 1] != '\r' && line[len - 1] != ' '));
}

/* The text with its blank, without what relays make of an empty one. */
static char *
append_text(char *to, const char *at, const char *end)
{
	if (at < end && end[-1] == '\r')
		end--;
	if (end - at > 3 && memcmp(at + 1, BOM, 3) == 0) {
		to = append(to, at, 1);
		at += 4;
	}
	if (end - at == 1 && *at == ' ')
		return to;
	return append(to, at, (size_t)(end - at));
}

/*
 * Copies the header, our element, and the text.  What is no record stays as it
 * is: who reads it will say so.
 */
static void
drop_elements(struct unwrapped *u)
{
	const char *at = u->record, *end = at + u->len, *next;
	const char *ours = NULL;
	char *to = u->space;

	if ((next = data_begin(at, end)) == NULL)
		return;
	to = append(to, at, (size_t)(next - at));
	for (at = next; at < end && *at == '['; at = next) {
		if ((next = element_end(at, end)) == NULL)
			return;
		/* A second one is nobody's addition. */
		if (is_ours(at, end) && ours != NULL)
			return;
		if (is_ours(at, end))
			to = append(to, ours = at, (size_t)(next - at));
	}
	if (ours == NULL)
		return;
	to = append_text(to, at, end);
	u->record = u->space;
	u->len = (size_t)(to - u->space);
}

int
unwrap(const char *line, size_t len, struct unwrapped *ret,
    struct text_error *reterr)
{
	if (len > INPUT_LINE_MAX)
		return text_fail(reterr, 0, "longer than a line can be");
	if (len > 0 && *line == '{') {
		ret->record = ret->space;
		return json_read(line, len, ret->space, sizeof(ret->space),
		    &ret->len, reterr);
	}
	ret->record = line;
	ret->len = len;
	if (len > 0 && char_is_digit(*line) && drop_count(ret, reterr) == -1)
		return -1;
	if (!is_pure(ret->record, ret->len))
		drop_elements(ret);
	return 0;
}

int
input_unwrap(const char *line, size_t len, char ret[static INPUT_LINE_MAX],
    struct text_error *reterr)
{
	struct unwrapped u;

	if (unwrap(line, len, &u, reterr) == -1)
		return -1;
	memcpy(ret, u.record, u.len);
	return (int)u.len;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record_parse, declared in audit/verify.h: the grammar of a record, read as
 * strictly as record.c writes it.
 */
#include "audit/verify.h"

#include <string.h>

#define WORD_MAX 255 /* RFC 5424's longest header field */
#define SD_NAME_MAX 32

struct scan {
	const char *at;
	const char *end;
};

static size_t
left(const struct scan *s)
{
	return (size_t)(s->end - s->at);
}

static bool
take(struct scan *s, const char *text)
{
	size_t len = strlen(text);

	if (left(s) < len || memcmp(s->at, text, len) != 0)
		return false;
	s->at += len;
	return true;
}

/* A header field: printable, up to the blank, which is taken too. */
static bool
take_word(struct scan *s)
{
	const char *start = s->at;

	while (s->at<s->end && * s->at> ' ' && *s->at <= '~')
		s->at++;
	return s->at > start && s->at - start <= WORD_MAX && take(s, " ");
}

/* 0000-00-00T00:00:00.000000Z and a blank. */
static bool
take_time(struct scan *s)
{
	static const char shape[] = "0000-00-00T00:00:00.000000Z ";

	if (left(s) < sizeof(shape) - 1)
		return false;
	for (const char *want = shape; *want != '\0'; want++, s->at++)
		if (*want == '0' ? !char_is_digit(*s->at) : *s->at != *want)
			return false;
	return true;
}

static bool
take_number(struct scan *s, uint64_t max, uint64_t *ret)
{
	char digits[21];
	size_t len = 0;

	while (
	    len < left(s) && len < sizeof(digits) && char_is_digit(s->at[len]))
		len++;
	if (len == sizeof(digits) || (len > 1 && *s->at == '0'))
		return false;
	memcpy(digits, s->at, len);
	digits[len] = '\0';
	s->at += len;
	return text_number(digits, max, ret) == 0;
}

/* The header, up to the name of the data. */
static bool
take_header(struct scan *s)
{
	uint64_t pid;

	return (take(s, "<86>1 ") || take(s, "<84>1 ")) && take_time(s) &&
	    take_word(s) && take(s, "countersign ") &&
	    take_number(s, UINT32_MAX, &pid) && take(s, " ") && take_word(s) &&
	    take(s, "[countersign@32473");
}

static bool
is_name_char(char c)
{
	return char_is_digit(c) || char_is_alpha(c) || c == '.' || c == '_' ||
	    c == '-';
}

/* The inside of the quotes; the last quote is taken too. */
static bool
take_value(struct scan *s)
{
	for (; s->at < s->end && *s->at != '"'; s->at++) {
		if (*s->at == ']')
			return false;
		if (*s->at != '\\')
			continue;
		if (++s->at == s->end || strchr("\"\\]", *s->at) == NULL)
			return false;
	}
	return take(s, "\"");
}

/* One " name="value"", the name and the value as they stand. */
static bool
take_field(struct scan *s, struct scan *ret_name, struct scan *ret_value)
{
	if (!take(s, " "))
		return false;
	ret_name->at = s->at;
	while (s->at < s->end && is_name_char(*s->at))
		s->at++;
	ret_name->end = s->at;
	if (left(ret_name) == 0 || left(ret_name) > SD_NAME_MAX ||
	    !take(s, "=\""))
		return false;
	ret_value->at = s->at;
	if (!take_value(s))
		return false;
	ret_value->end = s->at - 1;
	return true;
}

static bool
is_called(const struct scan *name, const char *text)
{
	return left(name) == strlen(text) &&
	    memcmp(name->at, text, left(name)) == 0;
}

static bool
is_hash(const struct scan *value)
{
	if (left(value) != RECORD_HASH - 1)
		return false;
	for (const char *at = value->at; at < value->end; at++)
		if (!char_is_digit(*at) && !(*at >= 'a' && *at <= 'f'))
			return false;
	return true;
}

/* The fields after seq; prev must be the last, and both there once. */
static const char *
take_fields(struct scan *s, struct scan *ret_prev)
{
	struct scan name, value;
	bool last = false;

	while (!last) {
		if (!take_field(s, &name, &value))
			return "the data is malformed";
		if (is_called(&name, "seq"))
			return "seq is given twice";
		last = take(s, "]");
		if (is_called(&name, "prev") != last)
			return "prev is not the last field";
	}
	if (!is_hash(&value))
		return "prev is not a hash";
	*ret_prev = value;
	return NULL;
}

/* What no byte of a record may be, wherever it stands. */
static const char *
check_bytes(const char *line, size_t len)
{
	bool ascii = true;

	if (len >= RECORD_MAX)
		return "longer than a record can be";
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			return "it has a control character";
		ascii = ascii && (unsigned char)line[i] < 0x80;
	}
	if (!ascii && !text_is_utf8(line, len))
		return "it is not UTF-8";
	return NULL;
}

int
record_parse(const char *line, size_t len, uint64_t *ret_seq,
    char ret_prev[RECORD_HASH], struct text_error *reterr)
{
	struct scan s = { line, line + len }, prev;
	const char *what;
	uint64_t seq;

	if (len == 0)
		return text_fail(reterr, 0, "an empty line");
	if ((what = check_bytes(line, len)) != NULL)
		return text_fail(reterr, 0, "not a record: %s", what);
	if (!take_header(&s))
		return text_fail(reterr, 0, "not a record: bad header");
	if (!take(&s, " seq=\"") || !take_number(&s, UINT64_MAX, &seq) ||
	    seq == 0 || !take(&s, "\""))
		return text_fail(reterr, 0, "not a record: no seq");
	if ((what = take_fields(&s, &prev)) != NULL)
		return text_fail(
		    reterr, 0, "seq %ju: %s", (uintmax_t)seq, what);
	if (left(&s) > 0 && *s.at != ' ')
		return text_fail(
		    reterr, 0, "seq %ju: text without a blank", (uintmax_t)seq);
	*ret_seq = seq;
	memcpy(ret_prev, prev.at, RECORD_HASH - 1);
	ret_prev[RECORD_HASH - 1] = '\0';
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record_scan, and record_parse of audit/verify.h.
 */
#include "audit/scan.h"

#include <string.h>

#include "audit/verify.h"
#include "base/utf8.h"

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

/* What was taken since start, without the last `end' bytes. */
static struct slice
taken(const struct scan *s, const char *start, size_t end)
{
	struct slice slice = { start, (size_t)(s->at - start) - end };

	return slice;
}

/* A header field: printable, up to the blank, which is taken too. */
static bool
take_word(struct scan *s, struct slice *ret)
{
	const char *start = s->at;

	while (s->at<s->end && * s->at> ' ' && *s->at <= '~')
		s->at++;
	*ret = taken(s, start, 0);
	return ret->len > 0 && ret->len <= WORD_MAX && take(s, " ");
}

/* 0000-00-00T00:00:00.000000Z and a blank. */
static bool
take_time(struct scan *s, struct slice *ret)
{
	static const char shape[] = "0000-00-00T00:00:00.000000Z ";
	const char *start = s->at;

	if (left(s) < sizeof(shape) - 1)
		return false;
	for (const char *want = shape; *want != '\0'; want++, s->at++)
		if (*want == '0' ? !char_is_digit(*s->at) : *s->at != *want)
			return false;
	*ret = taken(s, start, 1);
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

static bool
take_priority(struct scan *s, bool *ret_warning)
{
	*ret_warning = take(s, "<84>1 ");
	return *ret_warning || take(s, "<86>1 ");
}

static bool
take_pid(struct scan *s, struct slice *ret)
{
	const char *start = s->at;
	uint64_t pid;

	if (!take_number(s, UINT32_MAX, &pid))
		return false;
	*ret = taken(s, start, 0);
	return take(s, " ");
}

/* The header, up to the name of the data. */
static bool
take_header(struct scan *s, struct record_slices *ret)
{
	return take_priority(s, &ret->warning) && take_time(s, &ret->time) &&
	    take_word(s, &ret->host) && take(s, "countersign ") &&
	    take_pid(s, &ret->pid) && take_word(s, &ret->event) &&
	    take(s, "[countersign@32473");
}

static bool
take_seq(struct scan *s, struct record_slices *ret)
{
	const char *start = s->at;

	if (!take(s, " seq=\"") || !take_number(s, UINT64_MAX, &ret->seq) ||
	    ret->seq == 0 || !take(s, "\""))
		return false;
	ret->name[0] = (struct slice){ start + 1, 3 };
	ret->value[0] = taken(s, start + 6, 1);
	ret->count = 1;
	return true;
}

static bool
is_name_char(char c)
{
	return char_is_digit(c) || char_is_alpha(c) || c == '.' || c == '_' ||
	    c == '-';
}

/* The inside of the quotes; the last quote is taken too. */
static bool
take_value(struct scan *s, struct slice *ret)
{
	const char *start = s->at;

	for (; s->at < s->end && *s->at != '"'; s->at++) {
		if (*s->at == ']')
			return false;
		if (*s->at != '\\')
			continue;
		if (++s->at == s->end || strchr("\"\\]", *s->at) == NULL)
			return false;
	}
	*ret = taken(s, start, 0);
	return take(s, "\"");
}

/* One " name="value"", the name and the value as they stand. */
static bool
take_field(struct scan *s, struct slice *ret_name, struct slice *ret_value)
{
	const char *start;

	if (!take(s, " "))
		return false;
	start = s->at;
	while (s->at < s->end && is_name_char(*s->at))
		s->at++;
	*ret_name = taken(s, start, 0);
	return ret_name->len > 0 && ret_name->len <= SD_NAME_MAX &&
	    take(s, "=\"") && take_value(s, ret_value);
}

bool
slice_is(const struct slice *slice, const char *text)
{
	return slice->len == strlen(text) &&
	    memcmp(slice->at, text, slice->len) == 0;
}

const struct slice *
record_value(const struct record_slices *slices, const char *name)
{
	for (size_t i = 0; i < slices->count; i++)
		if (slice_is(&slices->name[i], name))
			return &slices->value[i];
	return NULL;
}

/* record_scan saw what stands behind each backslash. */
bool
slice_text(const struct slice *slice, char *ret, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < slice->len; i++) {
		if (slice->at[i] == '\\')
			i++;
		if (used + 1 >= size)
			return false;
		ret[used++] = slice->at[i];
	}
	ret[used] = '\0';
	return true;
}

static bool
is_hash(const struct slice *value)
{
	if (value->len != RECORD_HASH - 1)
		return false;
	for (size_t i = 0; i < value->len; i++)
		if (!char_is_digit(value->at[i]) &&
		    !(value->at[i] >= 'a' && value->at[i] <= 'f'))
			return false;
	return true;
}

/* The fields after seq; prev must be the last, and both there once. */
static const char *
take_fields(struct scan *s, struct record_slices *ret)
{
	for (bool last = false; !last; ret->count++) {
		struct slice *name = &ret->name[ret->count];

		if (ret->count == FIELDS_MAX)
			return "it has too many fields";
		if (!take_field(s, name, &ret->value[ret->count]))
			return "the data is malformed";
		if (slice_is(name, "seq"))
			return "seq is given twice";
		last = take(s, "]");
		if (slice_is(name, "prev") != last)
			return "prev is not the last field";
	}
	if (!is_hash(&ret->value[ret->count - 1]))
		return "prev is not a hash";
	return NULL;
}

static const char *
check_characters(const char *line, size_t len)
{
	uint32_t c;

	for (size_t at = 0, unit; at < len; at += unit) {
		if ((unit = utf8_unit(line + at, len - at, &c)) == 0)
			return "it is not UTF-8";
		if (!utf8_is_printable(c))
			return "it has a character that cannot be seen";
	}
	return NULL;
}

/* What no byte of a record may be, wherever it stands. */
static const char *
check_bytes(const char *line, size_t len)
{
	unsigned control = 0, high = 0;

	if (len >= RECORD_MAX)
		return "longer than a record can be";
	/* Without a branch in it the loop is several times as fast. */
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		control |= (unsigned)(c < ' ') | (unsigned)(c == 0x7f);
		high |= c;
	}
	if (control != 0)
		return "it has a control character";
	return high < 0x80 ? NULL : check_characters(line, len);
}

/* The text, from the blank before it. */
static bool
take_text(struct scan *s, struct slice *ret)
{
	if (left(s) > 0 && !take(s, " "))
		return false;
	*ret = (struct slice){ s->at, left(s) };
	return true;
}

int
record_scan(const char *line, size_t len, struct record_slices *ret,
    struct text_error *reterr)
{
	struct scan s = { line, line + len };
	const char *what;

	if (len == 0)
		return text_fail(reterr, 0, "an empty line");
	if ((what = check_bytes(line, len)) != NULL)
		return text_fail(reterr, 0, "not a record: %s", what);
	if (!take_header(&s, ret))
		return text_fail(reterr, 0, "not a record: bad header");
	if (!take_seq(&s, ret))
		return text_fail(reterr, 0, "not a record: no seq");
	if ((what = take_fields(&s, ret)) == NULL && !take_text(&s, &ret->text))
		what = "text without a blank";
	if (what != NULL)
		return text_fail(
		    reterr, 0, "seq %ju: %s", (uintmax_t)ret->seq, what);
	return 0;
}

int
record_parse(const char *line, size_t len, uint64_t *ret_seq,
    char ret_prev[RECORD_HASH], struct text_error *reterr)
{
	struct record_slices slices;

	if (record_scan(line, len, &slices, reterr) == -1)
		return -1;
	*ret_seq = slices.seq;
	memcpy(ret_prev, slices.value[slices.count - 1].at, RECORD_HASH - 1);
	ret_prev[RECORD_HASH - 1] = '\0';
	return 0;
}

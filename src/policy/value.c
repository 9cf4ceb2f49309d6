/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/value.h"

#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "policy/date.h"
#include "policy/uri.h"

const char *
place_text(
    const struct place *place, const char *text, struct text_error *reterr)
{
	const char *copy = arena_text(&place->tree->arena, text, strlen(text));

	if (copy == NULL)
		text_fail(reterr, 0, "out of memory");
	return copy;
}

const char *
place_path(
    const struct place *place, const char *text, struct text_error *reterr)
{
	char path[VALUE_PATH_MAX + 1];

	if (file_beside(place->path, text, path, sizeof(path)) == -1) {
		text_fail(
		    reterr, 0, "the path is over %d bytes", VALUE_PATH_MAX);
		return NULL;
	}
	return place_text(place, path, reterr);
}

static int
number(const struct word *word, const char *value, uint64_t *ret,
    struct text_error *reterr)
{
	uint64_t n;

	if (text_number(value, word->max, &n) == -1 || n < word->min)
		return text_fail(reterr, 0,
		    "%s must be a number from %" PRIu64 " to %" PRIu64
		    ", not \"%.40s\"",
		    word->name, word->min, word->max, value);
	*ret = n;
	return 0;
}

int
value_u16(const struct place *place, const struct word *word, const char *value,
    void *field, struct text_error *reterr)
{
	uint16_t *ret = field;
	uint64_t n;

	(void)place;
	if (number(word, value, &n, reterr) == -1)
		return -1;
	*ret = (uint16_t)n;
	return 0;
}

int
value_u32(const struct place *place, const struct word *word, const char *value,
    void *field, struct text_error *reterr)
{
	uint32_t *ret = field;
	uint64_t n;

	(void)place;
	if (number(word, value, &n, reterr) == -1)
		return -1;
	*ret = (uint32_t)n;
	return 0;
}

int
value_u64(const struct place *place, const struct word *word, const char *value,
    void *field, struct text_error *reterr)
{
	(void)place;
	return number(word, value, field, reterr);
}

int
value_seconds(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	uint32_t *ret = field, s;

	(void)place;
	if (text_duration(value, (uint32_t)word->max, &s) == -1 ||
	    s < word->min)
		return text_fail(reterr, 0,
		    "%s must be a time such as 30s, 10m, 2h or 1d, from "
		    "%" PRIu64 "s to %" PRIu64 "s, not \"%.40s\"",
		    word->name, word->min, word->max, value);
	*ret = s;
	return 0;
}

int
value_yes(const struct place *place, const struct word *word, const char *value,
    void *field, struct text_error *reterr)
{
	bool *ret = field, yes = strcmp(value, "yes") == 0;

	(void)place;
	if (!yes && strcmp(value, "no") != 0)
		return text_fail(reterr, 0,
		    "%s must be yes or no, not \"%.40s\"", word->name, value);
	*ret = yes;
	return 0;
}

int
value_no(const struct place *place, const struct word *word, const char *value,
    void *field, struct text_error *reterr)
{
	bool *ret = field;

	if (value_yes(place, word, value, field, reterr) == -1)
		return -1;
	*ret = !*ret;
	return 0;
}

int
value_date(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	(void)place;
	(void)word;
	return date_parse(value, field, reterr);
}

int
value_text(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	const char **ret = field, *copy;
	size_t len = strlen(value), unit;
	uint32_t c;

	if (len > word->max)
		return text_fail(reterr, 0, "%s is over %" PRIu64 " bytes",
		    word->name, word->max);
	for (size_t at = 0; at < len; at += unit) {
		unit = utf8_unit(value + at, len - at, &c);
		if (unit == 0 || !utf8_is_printable(c))
			return text_fail(reterr, 0,
			    "%s holds a character that cannot be printed",
			    word->name);
	}
	if ((copy = place_text(place, value, reterr)) == NULL)
		return -1;
	*ret = copy;
	return 0;
}

int
value_path(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	const char **ret = field, *path;

	(void)word;
	if ((path = place_path(place, value, reterr)) == NULL)
		return -1;
	*ret = path;
	return 0;
}

static bool
is_user(const char *text)
{
	size_t len = 0;

	for (; text[len] != '\0'; len++)
		if (!char_is_alpha(text[len]) && !char_is_digit(text[len]) &&
		    (strchr("._-", text[len]) == NULL || text[0] == '-'))
			return false;
	return len > 0 && len < 33;
}

int
value_user(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	const char **ret = field, *copy;

	if (!is_user(value))
		return text_fail(reterr, 0,
		    "%s: \"%.40s\" is not a user's name", word->name, value);
	if ((copy = place_text(place, value, reterr)) == NULL)
		return -1;
	*ret = copy;
	return 0;
}

int
value_tag(const struct place *place, const struct word *word, const char *value,
    void *field, struct text_error *reterr)
{
	const char **ret = field;

	if (!text_is_name(value) || strlen(value) >= TAG_SIZE)
		return text_fail(reterr, 0,
		    "%s must be one tag of letters, digits, '.', '_' and '-', "
		    "at most %d long, not \"%.40s\"",
		    word->name, TAG_SIZE - 1, value);
	*ret = place_text(place, value, reterr);
	return *ret != NULL ? 0 : -1;
}

int
value_token(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	const struct token_conf **ret = field, *token;

	(void)word;
	if ((token = tree_find_token(place->tree, value)) == NULL)
		return text_fail(reterr, 0, "there is no token %.64s", value);
	*ret = token;
	return 0;
}

int
value_object(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	if (uri_check(value, reterr) == -1)
		return -1;
	return value_text(place, word, value, field, reterr);
}

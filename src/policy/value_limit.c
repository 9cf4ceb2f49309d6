/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the words that keys and profiles share. */
#include <string.h>

#include "policy/address.h"
#include "policy/list.h"
#include "policy/value.h"

static int
check_verb(const void *arg, const char *item, struct text_error *reterr)
{
	enum verb ignored;

	(void)arg;
	return verb_parse(item, &ignored, reterr);
}

int
value_verbs(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	(void)word;
	return value_list(place, value, true, check_verb, NULL, field, reterr);
}

/* Written with blanks or commas, kept with commas. */
int
value_address(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	const char **ret = field, *at = value, *item, *copy;
	char list[INI_LINE_MAX + 1];
	size_t used = 0, len;

	(void)word;
	while (list_next(&at, true, &item, &len)) {
		if (used > 0)
			list[used++] = ',';
		memcpy(list + used, item, len);
		used += len;
	}
	list[used] = '\0';
	if (address_list_check(list, reterr) == -1)
		return -1;
	if ((copy = place_text(place, list, reterr)) == NULL)
		return -1;
	*ret = copy;
	return 0;
}

/* Matched as it stands, it would be a name that nobody meant. */
static int
check_glob(const void *arg, const char *item, struct text_error *reterr)
{
	(void)arg;
	if (glob_check(item))
		return 0;
	return text_fail(
	    reterr, 0, "\"%.80s\" has a '[' without its ']'", item);
}

int
value_globs(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	(void)word;
	return value_list(place, value, true, check_glob, NULL, field, reterr);
}

/* Only what could be a variable's name, and '*' and '?'. */
static int
check_variable(const void *arg, const char *item, struct text_error *reterr)
{
	const struct word *word = arg;
	size_t len = 0;

	for (; item[len] != '\0'; len++)
		if (!char_is_alpha(item[len]) && !char_is_digit(item[len]) &&
		    strchr("_*?", item[len]) == NULL)
			break;
	if (item[len] == '\0' && len <= word->max && !char_is_digit(item[0]))
		return 0;
	return text_fail(reterr, 0,
	    "env: \"%.64s\" is not a variable's name or pattern of at most "
	    "%d bytes, such as BUILD_URL or CI_*",
	    item, VARIABLE_SIZE - 1);
}

int
value_env(const struct place *place, const struct word *word, const char *value,
    void *field, struct text_error *reterr)
{
	return value_list(
	    place, value, true, check_variable, word, field, reterr);
}

/* "1m", or "m" alone. */
static int
duration(const char *text, uint32_t max, uint32_t *ret)
{
	static const struct {
		const char *word;
		uint32_t seconds;
	} units[] = {
		{ "s", 1 },
		{ "second", 1 },
		{ "m", 60 },
		{ "min", 60 },
		{ "minute", 60 },
		{ "h", 3600 },
		{ "hour", 3600 },
		{ "d", 86400 },
		{ "day", 86400 },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].word, text) == 0) {
			*ret = units[i].seconds;
			return 0;
		}
	return text_duration(text, max, ret);
}

int
value_rate(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	struct rate *ret = field;
	size_t len = strcspn(value, "/");
	char number[16] = "";
	uint64_t lines = 0;
	uint32_t seconds = 0;

	(void)place;
	if (len < sizeof(number))
		memcpy(number, value, len);
	if (value[len] != '/' ||
	    text_number(number, UINT32_MAX, &lines) == -1 || lines == 0 ||
	    duration(value + len + 1, (uint32_t)word->max, &seconds) == -1 ||
	    seconds == 0)
		return text_fail(reterr, 0,
		    "rate must be lines and a time of at most 31d, such as "
		    "100/1m or 5/s, not \"%.40s\"",
		    value);
	ret->lines = (uint32_t)lines;
	ret->seconds = seconds;
	return 0;
}

int
value_priority(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	enum priority *ret = field, priority = PRIORITY_NONE;

	(void)place;
	(void)word;
	if (strcmp(value, "high") == 0)
		priority = PRIORITY_HIGH;
	else if (strcmp(value, "normal") == 0)
		priority = PRIORITY_NORMAL;
	else if (strcmp(value, "low") == 0)
		priority = PRIORITY_LOW;
	if (priority == PRIORITY_NONE)
		return text_fail(reterr, 0,
		    "priority must be high, normal or low, not \"%.40s\"",
		    value);
	*ret = priority;
	return 0;
}

int
value_on_exceed(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	bool *ret = field, suspends = strcmp(value, "suspend") == 0;

	(void)place;
	(void)word;
	if (!suspends && strcmp(value, "refuse") != 0)
		return text_fail(reterr, 0,
		    "on-exceed must be refuse or suspend, not \"%.40s\"",
		    value);
	*ret = suspends;
	return 0;
}

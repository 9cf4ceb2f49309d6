/* SPDX-License-Identifier: Apache-2.0 */
#include "review/filter.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "policy/address.h"
#include "review/question.h"
#include "review/when.h"

enum how {
	HOW_EQUAL,
	HOW_PREFIX,
	HOW_GLOB,
	HOW_ADDRESS,
	HOW_EVENT,
};

static const struct kind {
	const char *word;
	question_check *check;
	enum how how;
	bool list; /* several may be given with commas */
	const char *field[2];
} kinds[] = {
	{ "event", question_event, HOW_EVENT, true, { NULL } },
	{ "outcome", question_outcome, HOW_EQUAL, true, { "outcome" } },
	{ "reason", question_reason, HOW_EQUAL, true, { "reason" } },
	/* Who was refused a key asked for it all the same. */
	{ "key", question_any, HOW_EQUAL, false, { "key", "asked-key" } },
	{ "keyfp", question_print, HOW_EQUAL, false, { "keyfp" } },
	{ "profile", question_any, HOW_EQUAL, false, { "profile" } },
	{ "principal", question_any, HOW_EQUAL, false, { "principal" } },
	{ "fp", question_print, HOW_EQUAL, false, { "fp" } },
	{ "source", question_source, HOW_ADDRESS, false, { "src" } },
	{ "digest", question_digest, HOW_PREFIX, false, { "digest" } },
	{ "name", question_any, HOW_GLOB, false, { "name" } },
	{ "id", question_any, HOW_EQUAL, false, { "id" } },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* How a field begins in a line: a blank, its name, '=' and '"'. */
#define OPEN_SIZE 32

struct value {
	char text[QUESTION_SIZE];
	/* As it stands in a line, with the closing quote of a whole one. */
	char raw[2 * QUESTION_SIZE];
	size_t raw_len;
};

struct values {
	struct value *list;
	size_t count;
};

struct filter {
	uint64_t now_us;
	uint64_t since_us, until_us; /* until itself is not in */
	char since[CLOCK_TEXT], until[CLOCK_TEXT];
	uint64_t first_seq, last_seq;
	struct values values[KINDS];
};

struct filter *
filter_new(uint64_t now_us)
{
	struct filter *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->now_us = now_us;
	f->until_us = UINT64_MAX;
	f->last_seq = UINT64_MAX;
	return f;
}

void
filter_free(struct filter *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < KINDS; i++)
		free(f->values[i].list);
	free(f);
}

/* RFC 5424, 6.3.3. */
static void
write_raw(struct value *v, bool whole)
{
	for (const char *at = v->text; *at != '\0'; at++) {
		if (strchr("\"\\]", *at) != NULL)
			v->raw[v->raw_len++] = '\\';
		v->raw[v->raw_len++] = *at;
	}
	if (whole)
		v->raw[v->raw_len++] = '"';
}

static int
add_value(struct filter *f, const struct kind *kind, const char *text,
    struct text_error *reterr)
{
	struct values *values = &f->values[kind - kinds];
	struct value *list, *v;

	list = realloc(values->list, (values->count + 1) * sizeof(*list));
	if (list == NULL)
		return text_fail(reterr, 0, "no memory");
	values->list = list;
	v = &list[values->count];
	memset(v, 0, sizeof(*v));
	if (kind->check(text, v->text, reterr) == -1)
		return -1;
	write_raw(v, kind->how == HOW_EQUAL);
	values->count++;
	return 0;
}

static int
add_values(struct filter *f, const struct kind *kind, const char *text,
    struct text_error *reterr)
{
	char part[QUESTION_SIZE];
	size_t len;

	if (!kind->list)
		return add_value(f, kind, text, reterr);
	for (;; text += len + 1) {
		len = strcspn(text, ",");
		if (len >= sizeof(part))
			return text_fail(reterr, 0, "the value is too long");
		memcpy(part, text, len);
		part[len] = '\0';
		if (add_value(f, kind, part, reterr) == -1)
			return -1;
		if (text[len] == '\0')
			return 0;
	}
}

static int
add_time(
    struct filter *f, bool since, const char *text, struct text_error *reterr)
{
	uint64_t us;

	if (when_parse(text, f->now_us, &us, reterr) == -1)
		return -1;
	if (since) {
		f->since_us = us;
		clock_text(us, f->since);
	} else {
		f->until_us = us;
		clock_text(us, f->until);
	}
	return 0;
}

static int
add_word(struct filter *f, const char *word, const char *value,
    struct text_error *reterr)
{
	if (strcmp(word, "since") == 0 || strcmp(word, "until") == 0)
		return add_time(f, *word == 's', value, reterr);
	if (strcmp(word, "seq") == 0)
		return question_range(
		    value, &f->first_seq, &f->last_seq, reterr);
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(word, kinds[i].word) == 0)
			return add_values(f, &kinds[i], value, reterr);
	return text_fail(reterr, 0, "there is no such question");
}

int
filter_add(struct filter *f, const char *word, const char *value,
    struct text_error *reterr)
{
	struct text_error err;

	if (add_word(f, word, value, &err) == 0)
		return 0;
	return text_fail(reterr, 0, "--%s: %s", word, err.what);
}

/* The time stands where every record has it, so bytes can be compared. */
static bool
may_be_then(const struct filter *f, const char *line, size_t len)
{
	static const char shape[] = "<00>1 0000-00-00T00:00:00.000000Z ";
	const char *at = line + 6;
	size_t time_len = sizeof(shape) - 1 - 6 - 1;

	if (f->since[0] == '\0' && f->until[0] == '\0')
		return true;
	if (len < sizeof(shape) - 1)
		return true;
	for (size_t i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] == '0' ? !char_is_digit(line[i]) :
				      line[i] != shape[i])
			return true;
	if (f->since[0] != '\0' && memcmp(at, f->since, time_len) < 0)
		return false;
	return f->until[0] == '\0' || memcmp(at, f->until, time_len) < 0;
}

static bool
any_begins(const struct values *values, const char *at, size_t len)
{
	for (size_t i = 0; i < values->count; i++) {
		const struct value *v = &values->list[i];

		if (v->raw_len <= len && memcmp(at, v->raw, v->raw_len) == 0)
			return true;
	}
	return false;
}

/*
 * Is there, anywhere in the line, what the field with one of the values looks
 * like?  Text may look like it too: that is for filter_match to find out.
 */
static bool
mentions(const struct values *values, const char *field, const char *line,
    size_t len)
{
	const char *at = line, *end = line + len;
	char open[OPEN_SIZE];
	size_t open_len = strlen(field) + 3;

	memcpy(open, " ", 1);
	memcpy(open + 1, field, open_len - 3);
	memcpy(open + open_len - 2, "=\"", 2);
	for (; (at = memmem(at, (size_t)(end - at), open, open_len)) != NULL;) {
		at += open_len;
		if (any_begins(values, at, (size_t)(end - at)))
			return true;
	}
	return false;
}

/* The event is the sixth word; a line with fewer is for the reader to name. */
static bool
may_be_event(const struct values *values, const char *line, size_t len)
{
	const char *at = line, *end = line + len, *blank;

	for (int i = 0; i < 5; i++) {
		if ((at = memchr(at, ' ', (size_t)(end - at))) == NULL)
			return true;
		at++;
	}
	if ((blank = memchr(at, ' ', (size_t)(end - at))) == NULL)
		return true;
	for (size_t i = 0; i < values->count; i++) {
		const struct value *v = &values->list[i];

		if (v->raw_len == (size_t)(blank - at) &&
		    memcmp(at, v->raw, v->raw_len) == 0)
			return true;
	}
	return false;
}

static bool
may_match_kind(const struct kind *kind, const struct values *values,
    const char *line, size_t len)
{
	switch (kind->how) {
	case HOW_EVENT:
		return may_be_event(values, line, len);
	case HOW_EQUAL:
	case HOW_PREFIX:
		return mentions(values, kind->field[0], line, len) ||
		    (kind->field[1] != NULL &&
			mentions(values, kind->field[1], line, len));
	case HOW_GLOB:
	case HOW_ADDRESS:
		break;
	}
	return true;
}

bool
filter_may_match(const struct filter *f, const char *line, size_t len)
{
	if (!may_be_then(f, line, len))
		return false;
	for (size_t i = 0; i < KINDS; i++)
		if (f->values[i].count > 0 &&
		    !may_match_kind(&kinds[i], &f->values[i], line, len))
			return false;
	return true;
}

static bool
is_match(enum how how, const char *wanted, const char *value)
{
	switch (how) {
	case HOW_PREFIX:
		return strncmp(value, wanted, strlen(wanted)) == 0;
	case HOW_GLOB:
		return glob_match(wanted, value);
	case HOW_ADDRESS:
		return address_list_match(wanted, value);
	case HOW_EQUAL:
	case HOW_EVENT:
		break;
	}
	return strcmp(value, wanted) == 0;
}

static const char *
value_of(const struct kind *kind, const struct fields *fields)
{
	const char *value;

	if (kind->how == HOW_EVENT)
		return fields->event;
	value = fields_get(fields, kind->field[0]);
	if (value == NULL && kind->field[1] != NULL)
		value = fields_get(fields, kind->field[1]);
	return value;
}

static bool
match_kind(const struct kind *kind, const struct values *values,
    const struct fields *fields)
{
	const char *value = value_of(kind, fields);

	for (size_t i = 0; value != NULL && i < values->count; i++)
		if (is_match(kind->how, values->list[i].text, value))
			return true;
	return false;
}

bool
filter_match(const struct filter *f, const struct fields *fields)
{
	if (fields->time_us < f->since_us || fields->time_us >= f->until_us ||
	    fields->seq < f->first_seq || fields->seq > f->last_seq)
		return false;
	for (size_t i = 0; i < KINDS; i++)
		if (f->values[i].count > 0 &&
		    !match_kind(&kinds[i], &f->values[i], fields))
			return false;
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "review/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "review/source.h"
#include "review/unwrap.h"

struct input {
	struct sources sources;
	size_t at; /* the source that is read */
	bool over;
	struct unwrapped unwrapped;
};

struct input *
input_open(const char *log, int count, char **files, struct text_error *reterr)
{
	struct input *input = calloc(1, sizeof(*input));
	int rv;

	reterr->file[0] = '\0';
	if (input == NULL) {
		text_fail(reterr, 0, "no memory");
		return NULL;
	}
	rv = count > 0 ? sources_named(count, files, &input->sources, reterr) :
			 sources_of_log(log, &input->sources, reterr);
	if (rv == 0)
		return input;
	free(input);
	return NULL;
}

void
input_close(struct input *input)
{
	if (input == NULL)
		return;
	sources_release(&input->sources);
	free(input);
}

static enum input_status
say(struct input_line *ret, enum input_status status, const char *why)
{
	snprintf(ret->why, sizeof(ret->why), "%s", why);
	return status;
}

static enum input_status
end(struct input *input, struct input_line *ret, const char *why)
{
	input->over = true;
	ret->record = "";
	ret->len = 0;
	return say(ret, INPUT_ERROR, why);
}

static enum input_status
give(struct input *input, struct input_line *ret)
{
	struct text_error err;

	if (unwrap(ret->record, ret->len, &input->unwrapped, &err) == -1)
		return say(ret, INPUT_BAD, err.what);
	ret->record = input->unwrapped.record;
	ret->len = input->unwrapped.len;
	return INPUT_RECORD;
}

/* A line of the source; INPUT_END is its own end. */
static enum input_status
next_of(struct input *input, struct source *s, struct input_line *ret)
{
	enum lines_status status =
	    lines_next(&s->lines, &ret->record, &ret->len);

	ret->number = s->lines.number;
	switch (status) {
	case LINES_OK:
		return give(input, ret);
	case LINES_TORN:
		return say(ret, INPUT_TORN, "the last line has no end");
	case LINES_LONG:
		return say(ret, INPUT_BAD, "longer than a line can be");
	case LINES_END:
		return INPUT_END;
	case LINES_ERROR:
		break;
	}
	return end(input, ret, s->lines.why);
}

static void
name(const struct input *input, struct input_line *ret)
{
	const struct sources *s = &input->sources;
	size_t next = input->at + 1;

	ret->named = s->list[input->at].named;
	ret->next = next < s->count ? s->list[next].named : 0;
}

enum input_status
input_next(struct input *input, struct input_line *ret)
{
	enum input_status status;
	struct text_error err;

	while (!input->over && input->at < input->sources.count) {
		struct source *s = &input->sources.list[input->at];
		bool empty;

		ret->file =
		    strcmp(s->path, "-") == 0 ? "(standard input)" : s->path;
		ret->number = 0;
		name(input, ret);
		if (source_open(s, &err) == -1)
			return end(input, ret, err.what);
		if ((status = next_of(input, s, ret)) != INPUT_END)
			return status;
		empty = s->named != 0 && s->lines.number == 0;
		source_close(s);
		input->at++;
		if (empty)
			return INPUT_EMPTY;
	}
	ret->named = ret->next = 0;
	return INPUT_END;
}

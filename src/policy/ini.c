/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/ini.h"

#include <ini.h>
#include <string.h>

#include "policy/ini_line.h"
#include "policy/table.h"

/* "kind NAME" and a NUL; our kinds and names are much shorter. */
#define SECTION_SIZE 128
/* More words than any section knows. */
#define SECTION_WORDS 64

/* Where a section or a word was seen first. */
struct seen {
	const char *text;
	size_t len;
	unsigned line;
};

struct ini_source {
	const char *at;
	size_t left;
	unsigned line;
	unsigned errors;
	ini_fn *fn;
	void *arg;
	text_error_fn *told;
	void *told_arg;

	char section[SECTION_SIZE]; /* empty: none yet */
	bool skip; /* the section was refused: so are its lines, silently */
	struct seen words[SECTION_WORDS];
	size_t word_count;
	struct rows sections;
	struct index by_section;
	struct ini_line given; /* the pair that libinih has now */
	bool waiting; /* libinih has not handed it back yet */
};

static void
tell(struct ini_source *source, struct text_error *error)
{
	error->line = source->line;
	source->errors++;
	source->told(source->told_arg, error);
}

static const void *
seen_key(const struct rows *rows, size_t number, size_t *ret_len)
{
	const struct seen *seen = rows_at(rows, number);

	*ret_len = seen->len;
	return seen->text;
}

static int
section_note(struct ini_source *source, const struct ini_line *line,
    struct text_error *reterr)
{
	const struct seen *first;
	struct seen *seen;
	size_t number;

	number = index_find(&source->by_section, line->name, line->name_len);
	if (number != INDEX_NONE) {
		first = rows_at(&source->sections, number);
		return text_fail(reterr, 0,
		    "section [%s] was already given in line %u",
		    source->section, first->line);
	}
	if ((seen = rows_add(&source->sections)) == NULL)
		return text_fail(reterr, 0, "out of memory");
	*seen = (struct seen){ line->name, line->name_len, source->line };
	if (index_add(&source->by_section, source->sections.count - 1) == -1)
		return text_fail(reterr, 0, "out of memory");
	return 0;
}

static void
section_start(struct ini_source *source, const struct ini_line *line)
{
	struct text_error error = { .line = 0 };
	int rv;

	source->word_count = 0;
	if (line->name_len >= SECTION_SIZE) {
		source->section[0] = '?';
		source->section[1] = '\0';
		rv = text_fail(&error, 0, "the section's name is too long");
	} else {
		memcpy(source->section, line->name, line->name_len);
		source->section[line->name_len] = '\0';
		rv = section_note(source, line, &error);
	}
	if (rv == 0)
		rv = source->fn(source->arg, source->section, NULL, NULL,
		    source->line, &error);
	source->skip = rv == -1;
	if (rv == -1)
		tell(source, &error);
}

/* Notes a word of the current section: 0, or -1 when it was there before. */
static int
word_note(struct ini_source *source, const struct ini_line *line,
    struct text_error *reterr)
{
	if (source->section[0] == '\0')
		return text_fail(reterr, 0, "%.*s stands before any [section]",
		    (int)line->name_len, line->name);
	for (size_t i = 0; i < source->word_count; i++) {
		const struct seen *seen = &source->words[i];

		if (seen->len == line->name_len &&
		    memcmp(seen->text, line->name, seen->len) == 0)
			return text_fail(reterr, 0,
			    "%.*s was already given in line %u", (int)seen->len,
			    seen->text, seen->line);
	}
	if (source->word_count == SECTION_WORDS)
		return text_fail(reterr, 0, "too many lines in the section");
	source->words[source->word_count++] =
	    (struct seen){ line->name, line->name_len, source->line };
	return 0;
}

/* The next line of the text without LF or CRLF; false at the end. */
static bool
line_next(struct ini_source *source, const char **ret, size_t *ret_len)
{
	const char *end;
	size_t len;

	if (source->left == 0)
		return false;
	end = memchr(source->at, '\n', source->left);
	len = end != NULL ? (size_t)(end - source->at) : source->left;
	*ret = source->at;
	*ret_len = len;
	if (len > 0 && source->at[len - 1] == '\r')
		(*ret_len)--;
	if (end != NULL)
		len++;
	source->at += len;
	source->left -= len;
	source->line++;
	return true;
}

/* Handles what libinih need not see; true when *ret is a pair for it. */
static bool
line_take(struct ini_source *source, const char *text, size_t len,
    struct ini_line *ret)
{
	struct text_error error = { .line = 0 };

	if (ini_line_parse(text, len, ret, &error) == -1) {
		/* What follows a broken section belongs to nobody. */
		if (len > 0 && text[0] == '[') {
			source->skip = true;
			source->section[0] = '?';
			source->section[1] = '\0';
		}
		tell(source, &error);
		return false;
	}
	if (ret->kind == INI_SECTION)
		section_start(source, ret);
	if (ret->kind != INI_PAIR || source->skip)
		return false;
	if (word_note(source, ret, &error) == -1) {
		tell(source, &error);
		return false;
	}
	return true;
}

/* libinih must hand back each pair that it was given. */
static void
check_waiting(struct ini_source *source)
{
	struct text_error error = { .line = 0 };

	if (!source->waiting)
		return;
	source->waiting = false;
	text_fail(&error, 0, "the line could not be read");
	tell(source, &error);
}

/* What libinih reads from: one good pair at a time. */
static char *
source_gets(char *ret, int size, void *arg)
{
	struct ini_source *source = arg;
	const char *text;
	size_t len;

	check_waiting(source);
	while (line_next(source, &text, &len)) {
		if (!line_take(source, text, len, &source->given))
			continue;
		if (len + 2 > (size_t)size) {
			source->waiting = true;
			check_waiting(source);
			continue;
		}
		memcpy(ret, text, len);
		memcpy(ret + len, "\n", 2);
		source->waiting = true;
		return ret;
	}
	return NULL;
}

static bool
same(const char *text, const char *view, size_t len)
{
	return strlen(text) == len && memcmp(text, view, len) == 0;
}

static int
on_pair(void *arg, const char *section, const char *name, const char *value)
{
	struct ini_source *source = arg;
	const struct ini_line *given = &source->given;
	struct text_error error = { .line = 0 };

	/* Its section may be cut at 49 bytes, so ours is the one that counts.
	 */
	(void)section;
	if (!source->waiting || !same(name, given->name, given->name_len) ||
	    !same(value, given->value, given->value_len)) {
		source->waiting = true;
		check_waiting(source);
		return 1;
	}
	source->waiting = false;
	if (source->fn(source->arg, source->section, name, value, source->line,
		&error) == -1)
		tell(source, &error);
	return 1;
}

/*
 * Debian's build has its limits in variables; the defaults would cut lines
 * at 200 bytes and take indented lines for more of the line before.
 */
static void
inih_setup(void)
{
	ini_use_stack = false;
	ini_allow_realloc = false;
	ini_initial_alloc = INI_LINE_MAX + 3;
	ini_max_line = INI_LINE_MAX + 3;
	ini_allow_multiline = false;
	ini_allow_bom = false;
	ini_allow_no_value = false;
	ini_stop_on_first_error = false;
}

unsigned
ini_read(const char *text, size_t len, ini_fn *fn, void *arg,
    text_error_fn *told, void *told_arg)
{
	struct ini_source source = {
		.at = text,
		.left = len,
		.fn = fn,
		.arg = arg,
		.told = told,
		.told_arg = told_arg,
	};
	struct text_error error = { .line = 0 };

	rows_init(&source.sections, sizeof(struct seen));
	index_init(&source.by_section, &source.sections, seen_key);
	if (len > INI_FILE_MAX) {
		text_fail(&error, 0, "the file is over %u bytes", INI_FILE_MAX);
		source.left = 0;
		tell(&source, &error);
	}
	inih_setup();
	if (ini_parse_stream(source_gets, &source, on_pair, &source) != 0 &&
	    source.errors == 0) {
		text_fail(&error, 0, "the file could not be read");
		tell(&source, &error);
	}
	check_waiting(&source);
	index_release(&source.by_section);
	rows_release(&source.sections);
	return source.errors;
}

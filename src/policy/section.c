/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/section.h"

#include <string.h>

#include "base/buf.h"
#include "policy/limits.h"
#include "policy/list.h"

/* The lines of one section. */
#define SAID_MAX (1u << 20)

static const struct kind *const kinds[] = { &kind_server, &kind_limits,
	&kind_audit, &kind_token, &kind_key, &kind_generation, &kind_profile,
	&kind_tenant };
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Where each part lives. */
static const char *const folders[] = {
	[TREE_SERVER] = "countersign.conf",
	[TREE_TOKENS] = "tokens.d",
	[TREE_KEYS] = "keys.d",
	[TREE_PROFILES] = "profiles.d",
	[TREE_TENANTS] = "tenants.d",
};

/* Words of capabilities to come: refused, so that nobody relies on them. */
static const char *const later[] = { "approvals", "approvers", "requires",
	"signed-by" };

struct section_reader {
	struct intake *in;
	enum tree_part part;
	const struct kind *kind; /* NULL: no section is open */
	void *object;
	bool failed; /* a word of the section was bad */
	struct buf said; /* its lines so far */
	struct place place; /* of the line; of the section in start */
	struct rule start;
};

/* For who compares trees.  The same object may be opened again. */
static int
keep_said(struct section_reader *r, const struct kind *kind,
    struct text_error *reterr)
{
	const char **said = (void *)((char *)r->object + kind->said);
	const char *before = kind->said != 0 ? *said : NULL;
	size_t len = before != NULL ? strlen(before) : 0;
	size_t more = buf_len(&r->said);
	char *text;

	if (kind->said == 0 || more == 0)
		return 0;
	text = arena_alloc(&r->in->tree->arena, len + more + 1);
	if (text == NULL || r->said.bad)
		return text_fail(reterr, 0, "out of memory");
	if (before != NULL)
		memcpy(text, before, len);
	memcpy(text + len, buf_at(&r->said), more);
	*said = text;
	return 0;
}

static void
section_close(struct section_reader *r)
{
	struct text_error error = { .line = 0 };
	const struct kind *kind = r->kind;

	r->kind = NULL;
	if (kind == NULL || r->failed)
		return;
	r->place.rule = r->start;
	if ((kind->close == NULL ||
		kind->close(&r->place, r->object, &error) == 0) &&
	    keep_said(r, kind, &error) == 0)
		return;
	if (error.line == 0)
		error.line = r->start.line;
	intake_tell(r->in, &error);
}

static int
fail_kind(const struct section_reader *r, const char *section,
    struct text_error *reterr)
{
	char known[128] = "";
	struct sentence s;

	sentence_init(&s, known, sizeof(known));
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i]->part == r->part)
			sentence_item(&s, kinds[i]->name);
	return text_fail(reterr, 0, "unknown section [%.64s]; known here: %s",
	    section, known);
}

/* *ret_name is what follows the kind's word, "" if nothing does. */
static const struct kind *
kind_find(const char *section, const char **ret_name)
{
	size_t len = strcspn(section, " \t");

	*ret_name = section[len] == '\0' ? "" : section + len + 1;
	for (size_t i = 0; i < KINDS; i++)
		if (strlen(kinds[i]->name) == len &&
		    memcmp(kinds[i]->name, section, len) == 0)
			return kinds[i];
	return NULL;
}

static int
section_open(struct section_reader *r, const char *section, unsigned line,
    struct text_error *reterr)
{
	const struct kind *kind;
	const char *name;

	section_close(r);
	if ((kind = kind_find(section, &name)) == NULL)
		return fail_kind(r, section, reterr);
	if (kind->part != r->part)
		return text_fail(reterr, 0, "section [%s] belongs in %s",
		    kind->name, folders[kind->part]);
	if (!kind->named && name[0] != '\0')
		return text_fail(
		    reterr, 0, "section [%s] takes no name", kind->name);
	if (kind->named && name[0] == '\0')
		return text_fail(reterr, 0,
		    "section [%s] needs a name: [%s NAME]", kind->name,
		    kind->name);
	if (kind->named && !text_is_name(name))
		return text_fail(reterr, 0,
		    "\"%.80s\" is not a name: letters, digits, '.', '_' and "
		    "'-', at most 63, the first a letter or digit",
		    name);
	r->start = (struct rule){ r->in->file, line };
	r->place.rule = r->start;
	r->failed = false;
	buf_consume(&r->said, buf_len(&r->said));
	if ((r->object = kind->open(&r->place, name, reterr)) == NULL)
		return -1;
	r->kind = kind;
	return 0;
}

static int
fail_word(const struct kind *kind, const char *name, struct text_error *reterr)
{
	char known[200] = "";
	struct sentence s;

	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		if (kind->part != TREE_SERVER && strcmp(later[i], name) == 0)
			return text_fail(reterr, 0,
			    "%s is not supported by this version in [%s]", name,
			    kind->name);
	sentence_init(&s, known, sizeof(known));
	for (size_t i = 0; i < kind->count; i++)
		sentence_item(&s, kind->words[i].name);
	for (size_t i = 0; kind->limits != 0 && i < limit_word_count; i++)
		sentence_item(&s, limit_words[i].name);
	return text_fail(
	    reterr, 0, "unknown word %.40s; known: %s", name, known);
}

static const struct word *
word_find(const struct word *words, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i].name, name) == 0)
			return &words[i];
	return NULL;
}

static int
word_set(struct section_reader *r, const char *name, const char *value,
    struct text_error *reterr)
{
	const struct kind *kind = r->kind;
	const struct word *word = word_find(kind->words, kind->count, name);
	char *object = r->object;

	if (word == NULL && kind->limits != 0) {
		object += kind->limits;
		word = word_find(limit_words, limit_word_count, name);
		limits_given((struct limits *)object, word);
	}
	if (word == NULL)
		return fail_word(kind, name, reterr);
	if (word->set(&r->place, word, value, object + word->field, reterr) ==
	    -1)
		return -1;
	if (word->rule != 0)
		memcpy(
		    object + word->rule, &r->place.rule, sizeof(r->place.rule));
	return 0;
}

static int
on_line(void *arg, const char *section, const char *name, const char *value,
    unsigned line, struct text_error *reterr)
{
	struct section_reader *r = arg;

	if (name == NULL)
		return section_open(r, section, line, reterr);
	r->place.rule.line = line;
	if (word_set(r, name, value, reterr) == 0) {
		buf_addf(&r->said, "%s = %s\n", name, value);
		return 0;
	}
	r->failed = true;
	return -1;
}

static void
on_error(void *arg, const struct text_error *error)
{
	struct section_reader *r = arg;
	struct text_error copy = *error;

	/* A line that ini_read refused may be the one that close would miss. */
	r->failed = true;
	intake_tell(r->in, &copy);
}

void
sections_read(
    struct intake *in, enum tree_part part, const char *text, size_t len)
{
	struct section_reader r = {
		.in = in,
		.part = part,
		.place = { in->tree, in->path, { in->file, 0 } },
	};

	buf_init(&r.said, SAID_MAX);
	ini_read(text, len, on_line, &r, on_error, &r);
	section_close(&r);
	buf_release(&r.said);
}

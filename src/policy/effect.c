/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/effect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/effect_rights.h"
#include "policy/people.h"
#include "policy/said.h"
#include "policy/tenant.h"

/* One word of two: what it was, and what it is. */
static void
tell_word(struct effects *e, const struct effect *of, const struct said *before,
    const struct said *after)
{
	struct effect effect = *of;
	const struct said *one = after->word != NULL ? after : before;

	if (before->value_len == after->value_len && before->value != NULL &&
	    after->value != NULL &&
	    memcmp(before->value, after->value, after->value_len) == 0)
		return;
	effect.sort = EFFECT_WORD;
	effect.word = one->word;
	effect.word_len = one->word_len;
	effect.before = (struct view){ before->value, before->value_len };
	effect.after = (struct view){ after->value, after->value_len };
	if (e->limits_before != NULL) {
		struct rule rule =
		    turn_rule(one->word, one->word_len, e->limits_after);

		effect.turn = turn_of(one->word, one->word_len,
		    e->limits_before, e->limits_after);
		if (rule.file != NULL)
			effect.rule = rule;
	}
	e->tell(e->arg, &effect);
}

/* What a profile's list of keys means is told by its rights. */
static bool
is_told_as_right(const struct effect *of, const struct said *said)
{
	return of->object == CHANGE_PROFILE && said_is(said, "keys");
}

static void
tell_words(struct effects *e, const struct effect *of, const char *before,
    const char *after)
{
	struct said a, b;
	const char *at = before;

	while (said_next(&at, &a)) {
		said_find(after, a.word, a.word_len, &b);
		if (!is_told_as_right(of, &a))
			tell_word(e, of, &a, &b);
	}
	for (at = after; said_next(&at, &b);)
		if (!said_find(before, b.word, b.word_len, &a) &&
		    !is_told_as_right(of, &b))
			tell_word(e, of, &a, &b);
}

static void
tell_text(struct effects *e, const struct effect *of, const char *word,
    const char *before, const char *after)
{
	const struct said a = { word, before, strlen(word),
		before != NULL ? strlen(before) : 0 };
	const struct said b = { word, after, strlen(word),
		after != NULL ? strlen(after) : 0 };

	if (before != NULL || after != NULL)
		tell_word(e, of, &a, &b);
}

/* What stands in the file; the file's name is a word. */
static void
tell_files(struct effects *e, const struct effect *of,
    const struct generation *a, const struct generation *b)
{
	static const char *const what[KEY_FILES] = {
		[KEY_FILE_CERTIFICATE] = "certificate's text",
		[KEY_FILE_OPENPGP] = "openpgp's text",
	};

	for (int f = 0; a != NULL && b != NULL && f < KEY_FILES; f++)
		if (a->file[f] != NULL && b->file[f] != NULL &&
		    strcmp(a->file[f], b->file[f]) != 0)
			tell_text(e, of, what[f], "another", "this one");
}

static void
tell_key(struct effects *e, struct effect *of, const struct change *c)
{
	const struct signing_key *a = c->before, *b = c->after;

	e->limits_before = &a->limits;
	e->limits_after = &b->limits;
	tell_words(e, of, a->said, b->said);
	e->limits_before = e->limits_after = NULL;
	tell_files(e, of, key_own(a), key_own(b));
}

static void
tell_generation(struct effects *e, struct effect *of, const struct change *c)
{
	const struct generation *a = c->before, *b = c->after;

	tell_words(e, of, a->said, b->said);
	tell_files(e, of, a, b);
}

static void
tell_tenant(struct effects *e, struct effect *of, const struct change *c)
{
	const struct tenant *a = c->before, *b = c->after;

	e->limits_before = &a->limits;
	e->limits_after = &b->limits;
	tell_words(e, of, a->said, b->said);
	e->limits_before = e->limits_after = NULL;
}

static void
tell_profile(struct effects *e, struct effect *of, const struct change *c)
{
	const struct profile *a = c->before, *b = c->after;

	e->limits_before = &a->limits;
	e->limits_after = &b->limits;
	tell_words(e, of, a->said, b->said);
	e->limits_before = e->limits_after = NULL;
}

static const char *
expiry_text(int64_t expiry, char ret[static DATE_TEXT])
{
	if (expiry == 0)
		return NULL;
	date_text(expiry, ret);
	return ret;
}

static void
tell_client(struct effects *e, struct effect *of, const struct change *c)
{
	const struct client_key *a = c->before, *b = c->after;
	struct limits before = { .from = a->from, .not_after = a->expiry };
	struct limits after = { .from = b->from, .not_after = b->expiry };
	char was[DATE_TEXT], is[DATE_TEXT];

	tell_text(e, of, "principal", a->principal, b->principal);
	tell_text(e, of, "profile", a->profile->name, b->profile->name);
	e->limits_before = &before;
	e->limits_after = &after;
	tell_text(e, of, "from", a->from, b->from);
	tell_text(e, of, "expiry-time", expiry_text(a->expiry, was),
	    expiry_text(b->expiry, is));
	e->limits_before = e->limits_after = NULL;
}

static void
tell_thing(struct effects *e, struct effect *of, const struct change *c)
{
	of->sort = EFFECT_THING;
	if (c->object == CHANGE_PROFILE)
		crowd_people(c->after != NULL ? &e->after : &e->before,
		    c->after != NULL ? c->after : c->before, &of->people);
	e->tell(e->arg, of);
}

static void
tell_change(struct effects *e, const struct change *c)
{
	struct effect of = {
		.kind = c->kind,
		.object = c->object,
		.name = change_of(c),
		.rule = change_rule(c),
	};

	if (c->object == CHANGE_CLIENT)
		of.client = c->after != NULL ? c->after : c->before;
	if (c->kind != CHANGE_CHANGED)
		tell_thing(e, &of, c);
	else if (c->object == CHANGE_KEY)
		tell_key(e, &of, c);
	else if (c->object == CHANGE_GENERATION)
		tell_generation(e, &of, c);
	else if (c->object == CHANGE_TENANT)
		tell_tenant(e, &of, c);
	else if (c->object == CHANGE_PROFILE)
		tell_profile(e, &of, c);
	else if (c->object == CHANGE_CLIENT)
		tell_client(e, &of, c);
	else if (c->object == CHANGE_SERVER)
		tell_words(e, &of,
		    ((const struct server_conf *)c->before)->said,
		    ((const struct server_conf *)c->after)->said);
}

int
effects_find(const struct tree *before, const struct tree *after,
    effect_fn *tell, void *arg)
{
	struct effects e = { .tell = tell, .arg = arg };
	int rv = -1;

	e.tree_before = before;
	e.tree_after = after;
	if (tree_compare(before, after, &e.changes) == -1)
		return -1;
	if (e.changes.count == 0)
		return 0;
	if (crowd_make(before, &e.before) == -1 ||
	    crowd_make(after, &e.after) == -1)
		goto out;
	for (size_t i = 0; i < e.changes.count; i++)
		tell_change(&e, &e.changes.list[i]);
	rv = effects_rights(&e);
out:
	crowd_release(&e.before);
	crowd_release(&e.after);
	changes_release(&e.changes);
	return rv;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "review/inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct inventory *
inventory_new(void)
{
	struct inventory *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return NULL;
	tally_init(&v->key_names, 0);
	tally_init(&v->token_names, 0);
	tally_init(&v->prints, 0);
	tally_init(&v->users, 0);
	tally_init(&v->signatures, 0);
	tally_init(&v->checkpoints, 0);
	v->key_names.max = INVENTORY_KEYS;
	v->token_names.max = INVENTORY_TOKENS;
	v->keys = calloc(INVENTORY_KEYS, sizeof(*v->keys));
	v->tokens = calloc(INVENTORY_TOKENS, sizeof(*v->tokens));
	if (v->keys != NULL && v->tokens != NULL)
		return v;
	inventory_free(v);
	return NULL;
}

static void
key_release(struct held_key *k)
{
	free(k->use);
	free(k->token);
	free(k->object);
	free(k->type);
	free(k->bits);
	free(k->keyfp);
	free(k->attributes);
	free(k->state);
}

static void
token_release(struct held_token *t)
{
	free(t->module);
	free(t->label);
	free(t->serial);
	free(t->model);
	free(t->firmware);
}

void
inventory_free(struct inventory *v)
{
	if (v == NULL)
		return;
	for (size_t i = 0; v->keys != NULL && i < INVENTORY_KEYS; i++)
		key_release(&v->keys[i]);
	for (size_t i = 0; v->tokens != NULL && i < INVENTORY_TOKENS; i++)
		token_release(&v->tokens[i]);
	free(v->keys);
	free(v->tokens);
	tally_release(&v->key_names);
	tally_release(&v->token_names);
	tally_release(&v->prints);
	tally_release(&v->users);
	tally_release(&v->signatures);
	tally_release(&v->checkpoints);
	notes_release(&v->changes);
	free(v);
}

/* NULL: there are too many. */
static struct held_key *
key_of(struct inventory *v, const char *name)
{
	struct row *row = tally_row(&v->key_names, name);
	struct held_key *key;

	if (row == &v->key_names.rest)
		return NULL;
	key = &v->keys[row->id];
	key->name = row->name;
	return key;
}

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Keeps what it has when the record says nothing: true, it is another. */
static bool
update(char **at, const struct fields *f, const char *name)
{
	const char *value = fields_get(f, name);
	char *copy;

	if (value == NULL || same(*at, value))
		return false;
	if ((copy = strdup(value)) == NULL)
		return false;
	free(*at);
	*at = copy;
	return true;
}

/* A key's generations are keys of their own. */
static const char *
generation_name(const struct fields *f, char ret[static TALLY_NAME])
{
	const char *name = fields_get(f, "key");
	const char *generation = fields_get(f, "generation");

	if (name == NULL || generation == NULL)
		return name;
	snprintf(ret, TALLY_NAME, "%s (%s)", name, generation);
	return ret;
}

/* By the fingerprint, as records of signatures have only that. */
static struct row *
print_row(struct inventory *v, const struct fields *f)
{
	const char *name = fields_get(f, "key");
	const char *print = fields_get(f, "keyfp");
	struct row *row;

	if (name == NULL || print == NULL)
		return NULL;
	row = tally_join(&v->prints, name, print, "");
	return row != &v->prints.rest ? row : NULL;
}

static void
on_key(struct inventory *v, const struct fields *f)
{
	char space[TALLY_NAME];
	const char *name = generation_name(f, space);
	struct held_key *k = name != NULL ? key_of(v, name) : NULL;
	struct row *row = print_row(v, f);
	bool known, other_key, other;

	if (k == NULL)
		return;
	if (row != NULL)
		row_detail(row, name);
	known = k->keyfp != NULL;
	other_key = update(&k->keyfp, f, "keyfp");
	other = update(&k->attributes, f, "attributes");
	k->keys += other_key;
	if (other_key || other)
		k->since_us = f->time_us;
	if (known && (other_key || other))
		notes_add(&v->changes, f);
	k->last_us = f->time_us;
	update(&k->use, f, "use");
	update(&k->token, f, "token");
	update(&k->object, f, "object");
	update(&k->type, f, "type");
	update(&k->bits, f, "bits");
	if (!update(&k->state, f, "reason"))
		update(&k->state, f, "outcome");
}

static void
on_token(struct inventory *v, const struct fields *f)
{
	const char *what = fields_get(f, "what");
	const char *name = fields_get(f, "token");
	bool known, other;
	struct held_token *t;
	struct row *row;

	if (same(what, "key")) {
		on_key(v, f);
		return;
	}
	if (name == NULL || same(what, "test") || same(what, "canary"))
		return;
	row = tally_row(&v->token_names, name);
	if (row == &v->token_names.rest)
		return;
	t = &v->tokens[row->id];
	known = t->serial != NULL;
	other = update(&t->serial, f, "serial");
	other |= update(&t->firmware, f, "firmware");
	other |= update(&t->label, f, "label");
	other |= update(&t->model, f, "model");
	other |= update(&t->module, f, "module");
	if (known && other)
		notes_add(&v->changes, f);
}

static void
count_user(struct inventory *v, const struct fields *f, const char *key,
    const char *what)
{
	const char *name = fields_get(f, what);

	if (name != NULL)
		row_count(tally_join(&v->users, key, what, name), TALLY_SIGNED,
		    f->time_us);
}

static void
on_sign(struct inventory *v, const struct fields *f)
{
	const char *name = fields_get(f, "key");
	struct row *row = print_row(v, f);
	struct held_key *k;

	if (row != NULL && row->detail != NULL)
		name = row->detail;
	if (name == NULL || (k = key_of(v, name)) == NULL)
		return;
	if (!same(fields_get(f, "outcome"), "ok")) {
		k->failed++;
		return;
	}
	if (k->keyfp == NULL)
		k->keys += update(&k->keyfp, f, "keyfp");
	row = tally_row(&v->signatures, name);
	row_count(row, TALLY_SIGNED, f->time_us);
	k->use_row = row;
	count_user(v, f, name, "profile");
	count_user(v, f, name, "principal");
}

static void
on_reload(struct inventory *v, const struct fields *f)
{
	const char *object = fields_get(f, "object");

	if (same(object, "key") || same(object, "generation") ||
	    same(object, "token"))
		notes_add(&v->changes, f);
}

static void
on_checkpoint(struct inventory *v, const struct fields *f)
{
	const char *key = fields_get(f, "auditkey");

	if (key != NULL)
		row_count(
		    tally_row(&v->checkpoints, key), TALLY_OTHER, f->time_us);
}

void
inventory_add(void *inventory, const struct fields *f)
{
	static const struct {
		const char *event;
		void (*add)(struct inventory *, const struct fields *);
	} events[] = {
		{ "SIGN", on_sign },
		{ "TOKEN", on_token },
		{ "RELOAD", on_reload },
		{ "CHECKPOINT", on_checkpoint },
	};

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (strcmp(events[i].event, f->event) == 0)
			events[i].add(inventory, f);
}

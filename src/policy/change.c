/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One change in words, declared in policy/compare.h.
 */
#include <string.h>

#include "base/text.h"
#include "policy/compare.h"
#include "policy/tenant.h"

const char *
change_kind_word(enum change_kind kind)
{
	static const char *const words[] = {
		[CHANGE_GAINED] = "gained",
		[CHANGE_LOST] = "lost",
		[CHANGE_CHANGED] = "changed",
	};

	return words[kind];
}

const char *
change_object_word(enum change_object object)
{
	static const char *const words[] = {
		[CHANGE_SERVER] = "server",
		[CHANGE_TOKEN] = "token",
		[CHANGE_KEY] = "key",
		[CHANGE_GENERATION] = "generation",
		[CHANGE_TENANT] = "tenant",
		[CHANGE_PROFILE] = "profile",
		[CHANGE_CLIENT] = "client",
	};

	return words[object];
}

static const void *
one_of(const struct change *c)
{
	return c->after != NULL ? c->after : c->before;
}

const char *
change_of(const struct change *c)
{
	const void *thing = one_of(c);

	switch (c->object) {
	case CHANGE_TOKEN:
		return ((const struct token_conf *)thing)->name;
	case CHANGE_KEY:
		return ((const struct signing_key *)thing)->name;
	case CHANGE_GENERATION:
		return ((const struct generation *)thing)->name;
	case CHANGE_TENANT:
		return ((const struct tenant *)thing)->name;
	case CHANGE_PROFILE:
		return ((const struct profile *)thing)->name;
	case CHANGE_CLIENT:
		return ((const struct client_key *)thing)->principal;
	case CHANGE_SERVER:
		break;
	}
	return "";
}

const struct tenant *
change_tenant(const struct change *c)
{
	const void *thing = one_of(c);

	switch (c->object) {
	case CHANGE_KEY:
		return ((const struct signing_key *)thing)->tenant;
	case CHANGE_GENERATION:
		return ((const struct generation *)thing)->key->tenant;
	case CHANGE_TENANT:
		return ((const struct tenant *)thing)->parent;
	case CHANGE_PROFILE:
		return ((const struct profile *)thing)->tenant;
	case CHANGE_CLIENT:
		return ((const struct client_key *)thing)->profile->tenant;
	case CHANGE_TOKEN:
	case CHANGE_SERVER:
		break;
	}
	return NULL;
}

struct rule
change_rule(const struct change *c)
{
	const struct client_key *client = one_of(c);
	const void *thing = client;

	switch (c->object) {
	case CHANGE_TOKEN:
		return ((const struct token_conf *)thing)->rule;
	case CHANGE_KEY:
		return ((const struct signing_key *)thing)->rule;
	case CHANGE_GENERATION:
		return ((const struct generation *)thing)->rule;
	case CHANGE_TENANT:
		return ((const struct tenant *)thing)->rule;
	case CHANGE_PROFILE:
		return ((const struct profile *)thing)->rule;
	case CHANGE_CLIENT:
		return (struct rule){ client->file, client->line };
	case CHANGE_SERVER:
		break;
	}
	return (struct rule){ "countersign.conf", 0 };
}

/* Words separated by blanks, each once. */
struct list {
	char *text;
	size_t len;
};

static void
list_word(struct list *l, const char *word, size_t len)
{
	for (const char *at = l->text; *at != '\0';) {
		size_t one = strcspn(at, " ");

		if (one == len && memcmp(at, word, len) == 0)
			return;
		at += one + strspn(at + one, " ");
	}
	if (l->len + len + 2 > CHANGE_WORDS)
		return;
	if (l->len > 0)
		l->text[l->len++] = ' ';
	memcpy(l->text + l->len, word, len);
	l->len += len;
	l->text[l->len] = '\0';
}

/* Is the line, of len bytes with its LF, one of the text's? */
static bool
has_line(const char *text, const char *line, size_t len)
{
	for (; text != NULL && *text != '\0'; text = strchr(text, '\n') + 1)
		if (strncmp(text, line, len) == 0)
			return true;
	return false;
}

/* The words of the lines of a that b has not. */
static void
list_lines(struct list *l, const char *a, const char *b)
{
	while (a != NULL && *a != '\0') {
		size_t len = strcspn(a, "\n") + 1;

		if (!has_line(b, a, len))
			list_word(l, a, strcspn(a, " "));
		a += len;
	}
}

static void
list_both(struct list *l, const char *a, const char *b)
{
	list_lines(l, a, b);
	list_lines(l, b, a);
}

static bool
differ(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a != b;
	return strcmp(a, b) != 0;
}

static void
list_client(
    struct list *l, const struct client_key *a, const struct client_key *b)
{
	if (differ(a->principal, b->principal))
		list_word(l, "principal", 9);
	if (differ(a->profile->name, b->profile->name))
		list_word(l, "profile", 7);
	if (differ(a->from, b->from))
		list_word(l, "from", 4);
	if (a->expiry != b->expiry)
		list_word(l, "expiry-time", 11);
}

static void
list_files(
    struct list *l, const struct generation *a, const struct generation *b)
{
	for (int f = 0; f < KEY_FILES; f++) {
		const char *word = key_file_word((enum key_file)f);

		if (differ(a->file[f], b->file[f]))
			list_word(l, word, strlen(word));
	}
}

static void
list_key(
    struct list *l, const struct signing_key *a, const struct signing_key *b)
{
	const struct generation *old = key_own(a), *new = key_own(b);

	list_both(l, a->said, b->said);
	if (old != NULL && new != NULL)
		list_files(l, old, new);
}

static void
list_generation(
    struct list *l, const struct generation *a, const struct generation *b)
{
	list_both(l, a->said, b->said);
	list_files(l, a, b);
}

void
change_words(const struct change *c, char ret[static CHANGE_WORDS])
{
	struct list l = { ret, 0 };

	ret[0] = '\0';
	if (c->kind != CHANGE_CHANGED)
		return;
	switch (c->object) {
	case CHANGE_SERVER:
		list_both(&l, ((const struct server_conf *)c->before)->said,
		    ((const struct server_conf *)c->after)->said);
		break;
	case CHANGE_TOKEN:
		/* Only a start finds these, and it has no words. */
		break;
	case CHANGE_KEY:
		list_key(&l, c->before, c->after);
		break;
	case CHANGE_GENERATION:
		list_generation(&l, c->before, c->after);
		break;
	case CHANGE_TENANT:
		list_both(&l, ((const struct tenant *)c->before)->said,
		    ((const struct tenant *)c->after)->said);
		break;
	case CHANGE_PROFILE:
		list_both(&l, ((const struct profile *)c->before)->said,
		    ((const struct profile *)c->after)->said);
		break;
	case CHANGE_CLIENT:
		list_client(&l, c->before, c->after);
		break;
	}
}

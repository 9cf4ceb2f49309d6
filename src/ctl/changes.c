/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/changes.h"

#include <string.h>

#include "format/format.h"
#include "policy/effect.h"

/* Lines of one sort that people are shown. */
#define LINES_MAX 20
#define VALUE_MAX 160
#define SORTS 3
#define OBJECTS (CHANGE_CLIENT + 1)

struct printer {
	FILE *out;
	size_t count[SORTS][OBJECTS];
	size_t left_out;
	bool any;
};

static void
print_view(FILE *out, const struct view *view)
{
	char text[4 * VALUE_MAX + 1];
	size_t len = view->len < VALUE_MAX ? view->len : VALUE_MAX;

	if (view->text == NULL) {
		fputs("(none)", out);
		return;
	}
	text_escape(view->text, len, text, sizeof(text));
	fprintf(out, "%s%s", text, len < view->len ? "..." : "");
}

static void
print_escaped(FILE *out, const char *name)
{
	char text[4 * 256 + 1];

	text_escape(name, strlen(name), text, sizeof(text));
	fputs(text, out);
}

/* " (a, b and 3 more)" */
static void
print_people(FILE *out, const struct people *people)
{
	size_t shown =
	    people->count < EFFECT_PEOPLE ? people->count : EFFECT_PEOPLE;

	if (people->count == 0) {
		fputs(" (nobody has it)", out);
		return;
	}
	for (size_t i = 0; i < shown; i++) {
		fputs(i == 0 ? " (" : ", ", out);
		print_escaped(out, people->principal[i]);
	}
	if (people->count > shown)
		fprintf(out, " and %zu more", people->count - shown);
	fputc(')', out);
}

static void
print_client(FILE *out, const struct effect *e)
{
	char print[FINGERPRINT_SIZE];

	fingerprint(e->client->blob, e->client->blob_len, print);
	fprintf(out, "client key %s of ", print);
	print_escaped(out, e->client->principal);
}

static void
print_thing(FILE *out, const struct effect *e)
{
	if (e->object != CHANGE_CLIENT) {
		fprintf(out, "%s %s: %s", change_object_word(e->object),
		    e->name, change_kind_word(e->kind));
		if (e->object == CHANGE_PROFILE)
			print_people(out, &e->people);
		return;
	}
	print_client(out, e);
	fprintf(out, ": %s, profile %s", change_kind_word(e->kind),
	    e->client->profile->name);
}

static bool
is_word(const struct effect *e, const char *word)
{
	return strlen(word) == e->word_len &&
	    memcmp(word, e->word, e->word_len) == 0;
}

static void
print_move(FILE *out, const struct effect *e)
{
	char print[FINGERPRINT_SIZE];

	fingerprint(e->client->blob, e->client->blob_len, print);
	print_escaped(out, e->client->principal);
	fputs(": moves from profile ", out);
	print_view(out, &e->before);
	fputs(" to ", out);
	print_view(out, &e->after);
	fprintf(out, " (client key %s)", print);
}

static void
print_word(FILE *out, const struct effect *e)
{
	if (e->object == CHANGE_CLIENT && is_word(e, "profile")) {
		print_move(out, e);
		return;
	}
	if (e->object == CHANGE_CLIENT)
		print_client(out, e);
	else if (e->object == CHANGE_SERVER)
		fputs("countersign.conf", out);
	else
		fprintf(out, "%s %s", change_object_word(e->object), e->name);
	fprintf(out, ": %.*s ", (int)e->word_len, e->word);
	print_view(out, &e->before);
	fputs(" -> ", out);
	print_view(out, &e->after);
	if (e->turn != TURN_OTHER)
		fprintf(out, " (%s)", turn_word(e->turn));
}

static void
print_right(FILE *out, const struct effect *e)
{
	const char *verb = e->kind == CHANGE_GAINED ? "gains" : "loses";

	if (e->from_profile != NULL)
		fprintf(out,
		    "who moves from profile %s to %s: ", e->from_profile,
		    e->name);
	else
		fprintf(out, "profile %s: ", e->name);
	if (e->what != NULL)
		fprintf(out, "%s %s %s with key %s", verb, e->what, e->list,
		    e->key);
	else
		fprintf(out, "%s key %s", verb, e->key);
	if (e->what == NULL && e->list[0] != '\0')
		fprintf(out, ", formats %s", e->list);
	print_people(out, &e->people);
}

static void
print_effect(void *arg, const struct effect *e)
{
	static void (*const lines[SORTS])(FILE *, const struct effect *) = {
		[EFFECT_THING] = print_thing,
		[EFFECT_WORD] = print_word,
		[EFFECT_RIGHT] = print_right,
	};
	struct printer *p = arg;

	p->any = true;
	if (p->count[e->sort][e->object]++ >= LINES_MAX) {
		p->left_out++;
		return;
	}
	fputs("  ", p->out);
	lines[e->sort](p->out, e);
	fputc('\n', p->out);
}

int
changes_print(const struct tree *running, const struct tree *next, FILE *out)
{
	struct printer p = { .out = out };

	if (effects_find(running, next, print_effect, &p) == -1)
		return -1;
	if (p.left_out > 0)
		fprintf(out, "  ... and %zu more (--json has them all)\n",
		    p.left_out);
	if (!p.any)
		fputs("  nothing but how it is written\n", out);
	return 0;
}

static void
json_view(struct json *j, const char *name, const struct view *view)
{
	if (view->text == NULL)
		json_text(j, name, NULL);
	else
		json_bytes(j, name, view->text, view->len);
}

static void
json_people(struct json *j, const struct people *people)
{
	json_number(j, "people", people->count);
	json_number(j, "client-keys", people->keys);
	json_list(j, "some");
	for (size_t i = 0; i < people->count && i < EFFECT_PEOPLE; i++)
		json_text(j, NULL, people->principal[i]);
	json_list_end(j);
}

static void
json_word(struct json *j, const struct effect *e)
{
	json_bytes(j, "word", e->word, e->word_len);
	json_view(j, "before", &e->before);
	json_view(j, "after", &e->after);
	if (e->turn != TURN_OTHER)
		json_text(j, "turn", turn_word(e->turn));
}

static void
json_right(struct json *j, const struct effect *e)
{
	if (e->from_profile != NULL)
		json_text(j, "from-profile", e->from_profile);
	json_text(j, "key", e->key);
	if (e->what != NULL)
		json_text(j, "right", e->what);
	json_text(j, "list", e->list);
}

static void
json_effect(void *arg, const struct effect *e)
{
	char print[FINGERPRINT_SIZE];
	struct json *j = arg;

	json_object(j, NULL);
	json_text(j, "change", change_kind_word(e->kind));
	json_text(j, "object", change_object_word(e->object));
	json_text(j, "name", e->name);
	json_rule(j, &e->rule);
	if (e->client != NULL) {
		fingerprint(e->client->blob, e->client->blob_len, print);
		json_text(j, "fp", print);
		json_text(j, "profile", e->client->profile->name);
	}
	if (e->sort == EFFECT_WORD)
		json_word(j, e);
	else if (e->sort == EFFECT_RIGHT)
		json_right(j, e);
	if (e->sort == EFFECT_RIGHT ||
	    (e->sort == EFFECT_THING && e->object == CHANGE_PROFILE))
		json_people(j, &e->people);
	json_object_end(j);
}

int
changes_json(
    const struct tree *running, const struct tree *next, struct json *j)
{
	return effects_find(running, next, json_effect, j);
}

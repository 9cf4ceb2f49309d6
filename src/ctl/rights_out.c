/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/rights_out.h"

#include <string.h>

#include "ctl/clients.h"
#include "policy/bound_list.h"
#include "policy/date.h"

/* A text that is put together, cut where it ends. */
struct short_text {
	char *text;
	size_t size, len;
};

/* What rights say already is not said again. */
static bool
is_said(const struct bound *b)
{
	static const char *const words[] = { "keys", "formats", "hashes",
		"use" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (said_is(&b->said, words[i]))
			return true;
	return false;
}

static void
add_bound(void *arg, const struct bound *b)
{
	struct short_text *s = arg;
	int n;

	if (is_said(b))
		return;
	n = snprintf(s->text + s->len, s->size - s->len, "; %s %.*s %.*s",
	    b->what, (int)b->said.word_len, b->said.word,
	    (int)b->said.value_len, b->said.value);
	if (n > 0)
		s->len += (size_t)n;
	if (s->len >= s->size)
		s->len = s->size - 1;
}

void
right_text_make(const struct tree *tree, const struct profile *profile,
    const struct signing_key *key, struct right_text *ret)
{
	struct short_text bounds = { ret->bounds, sizeof(ret->bounds), 0 };

	ret->profile = profile;
	ret->key = key;
	ret->bounds[0] = '\0';
	rights_of(tree, profile, key, &ret->rights);
	rights_formats(tree, ret->rights.formats, ret->formats);
	rights_hashes(ret->rights.hashes, ret->hashes);
	bounds_of_profile(profile, add_bound, &bounds);
	bounds_of_key(key, add_bound, &bounds);
}

void
print_client_key(FILE *out, const struct client_key *client)
{
	char print[FINGERPRINT_SIZE], date[DATE_TEXT];

	client_print(client, print);
	fprintf(out, "%s:%u: %s %s, profile %s", client->file, client->line,
	    print, client->principal, client->profile->name);
	if (client->from != NULL)
		fprintf(out, ", from %s", client->from);
	if (client->expiry == 0)
		return;
	date_text(client->expiry, date);
	fprintf(out, ", expires %s", date);
}

void
print_right(FILE *out, const struct right_text *right)
{
	fprintf(
	    out, "%s with %s%s", right->formats, right->hashes, right->bounds);
}

void
json_client_key(struct json *j, const struct client_key *client)
{
	const struct rule rule = { client->file, client->line };
	char print[FINGERPRINT_SIZE], date[DATE_TEXT];

	client_print(client, print);
	json_text(j, "fp", print);
	json_text(j, "principal", client->principal);
	json_text(j, "profile", client->profile->name);
	json_rule(j, &rule);
	json_text(j, "from", client->from);
	if (client->expiry != 0)
		date_text(client->expiry, date);
	json_text(j, "expires", client->expiry != 0 ? date : NULL);
}

static void
json_bound(void *arg, const struct bound *b)
{
	struct json *j = arg;

	if (is_said(b))
		return;
	json_object(j, NULL);
	json_text(j, "of", b->what);
	json_text(j, "name", b->name);
	json_bytes(j, "word", b->said.word, b->said.word_len);
	json_bytes(j, "value", b->said.value, b->said.value_len);
	json_rule(j, &b->rule);
	json_object_end(j);
}

/* The list is "a, b", or "none". */
static void
json_words(struct json *j, const char *name, const char *list)
{
	json_list(j, name);
	while (*list != '\0' && strcmp(list, "none") != 0) {
		size_t len = strcspn(list, ",");

		json_bytes(j, NULL, list, len);
		list += len;
		list += strspn(list, ", ");
	}
	json_list_end(j);
}

void
json_right(struct json *j, const struct right_text *right)
{
	json_text(j, "key", right->key->name);
	json_words(j, "formats", right->formats);
	json_words(j, "hashes", right->hashes);
	json_list(j, "bounds");
	bounds_of_profile(right->profile, json_bound, j);
	bounds_of_key(right->key, json_bound, j);
	json_list_end(j);
}

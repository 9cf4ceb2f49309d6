/* SPDX-License-Identifier: Apache-2.0 */
/* lint_clients and lint_objects, declared in policy/lint_parts.h. */
#include <string.h>

#include "base/cursor.h"
#include "policy/keyblob.h"
#include "policy/lint_parts.h"
#include "policy/tenant.h"

#define RSA "ssh-rsa"
#define RSA_BITS 3072

static struct rule
line_of(const struct client_key *client)
{
	return (struct rule){ client->file, client->line };
}

/* Of an RSA key that keyblob_check took; 0 for any other. */
static size_t
rsa_bits(const struct client_key *client)
{
	struct reader r;
	size_t len, type_len;
	const uint8_t *type, *n;
	size_t bits;

	reader_init(&r, client->blob, client->blob_len);
	type = get_view(&r, KEYBLOB_MAX, &type_len);
	get_view(&r, KEYBLOB_MAX, &len);
	n = get_view(&r, KEYBLOB_MAX, &len);
	if (!reader_done(&r) || type_len != strlen(RSA) ||
	    memcmp(type, RSA, type_len) != 0)
		return 0;
	while (len > 0 && *n == 0) {
		n++;
		len--;
	}
	bits = len * 8;
	for (unsigned top = len > 0 ? *n : 0x80; top < 0x80; top <<= 1)
		bits--;
	return bits;
}

static void
lint_client(struct linter *l, const struct client_key *client)
{
	const struct lint_until until = { client->expiry, line_of(client) };
	size_t bits = rsa_bits(client);

	lint_end(l, "the client key of", client->principal, &until);
	if (bits != 0 && bits < RSA_BITS)
		lint_tell(l, "weak", line_of(client),
		    "the client key of %s is RSA with %zu bits; use ed25519, "
		    "or at least %d",
		    client->principal, bits, RSA_BITS);
}

static bool
is_bound_to_place(const struct profile *profile)
{
	if (profile->limits.from != NULL)
		return true;
	for (const struct tenant *t = profile->tenant; t != NULL; t = t->parent)
		if (t->limits.from != NULL)
			return true;
	return false;
}

/* One note for all of a profile, from list[0] on. */
static void
lint_places(struct linter *l, const struct client_key **list, size_t count)
{
	const struct profile *profile = list[0]->profile;
	const struct client_key *first = NULL;
	size_t open = 0;

	if (is_bound_to_place(profile))
		return;
	for (size_t i = 0; i < count; i++)
		if (list[i]->from == NULL) {
			first = first != NULL ? first : list[i];
			open++;
		}
	if (open == 1)
		lint_tell(l, "anywhere", line_of(first),
		    "the client key of %s may come from anywhere: neither it "
		    "nor profile %s has from",
		    first->principal, profile->name);
	else if (open > 1)
		lint_tell(l, "anywhere", line_of(first),
		    "the client key of %s and %zu more of profile %s may come "
		    "from anywhere: neither they nor the profile have from",
		    first->principal, open - 1, profile->name);
}

static int
by_principal(const void *a, const void *b)
{
	const struct client_key *const *left = a, *const *right = b;
	int order = strcmp((*left)->principal, (*right)->principal);

	return order != 0 ?
	    order :
	    strcmp((*left)->profile->name, (*right)->profile->name);
}

static void
lint_principals(struct linter *l, const struct client_key **list, size_t count)
{
	const struct client_key *told = NULL;

	for (size_t i = 1; i < count; i++) {
		const struct client_key *a = list[i - 1], *b = list[i];

		if (strcmp(a->principal, b->principal) != 0 ||
		    a->profile == b->profile ||
		    (told != NULL &&
			strcmp(told->principal, b->principal) == 0))
			continue;
		told = b;
		lint_tell(l, "several-profiles", line_of(b),
		    "%s has client keys of several profiles: %s here, %s in "
		    "%s:%u",
		    b->principal, b->profile->name, a->profile->name, a->file,
		    a->line);
	}
}

int
lint_clients(struct linter *l)
{
	const struct crowd *crowd = &l->crowd;
	struct crowd persons;
	size_t next;

	for (size_t i = 0; i < tree_clients(l->tree); i++)
		lint_client(l, tree_client(l->tree, i));
	for (size_t i = 0; i < crowd->count; i = next) {
		for (next = i + 1; next < crowd->count &&
		     crowd->list[next]->profile == crowd->list[i]->profile;)
			next++;
		lint_places(l, crowd->list + i, next - i);
	}
	if (crowd_make(l->tree, &persons) == -1)
		return -1;
	qsort(persons.list, persons.count, sizeof(*persons.list), by_principal);
	lint_principals(l, persons.list, persons.count);
	crowd_release(&persons);
	return 0;
}

static int
by_object(const void *a, const void *b)
{
	const struct generation *const *left = a, *const *right = b;
	int order = strcmp((*left)->token->name, (*right)->token->name);

	if (order == 0)
		order = strcmp((*left)->object, (*right)->object);
	if (order == 0)
		order = (*left)->index < (*right)->index ? -1 : 1;
	return order;
}

static void
lint_same(
    struct linter *l, const struct generation *a, const struct generation *b)
{
	if (a->token != b->token || strcmp(a->object, b->object) != 0 ||
	    strcmp(a->of, b->of) == 0)
		return;
	lint_tell(l, "same-object", b->rule,
	    "key %s signs with the same object as key %s in %s:%u: what either "
	    "restricts holds for one of the names only",
	    b->of, a->of, a->rule.file, a->rule.line);
}

int
lint_objects(struct linter *l)
{
	size_t count = tree_generations(l->tree);
	const struct generation **list = calloc(count + 1, sizeof(*list));

	if (list == NULL)
		return -1;
	for (size_t i = 0; i < count; i++)
		list[i] = tree_generation(l->tree, i);
	qsort(list, count, sizeof(*list), by_object);
	for (size_t i = 1; i < count; i++)
		lint_same(l, list[i - 1], list[i]);
	free(list);
	return 0;
}

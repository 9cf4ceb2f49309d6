/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/compare.h"

#include <stdlib.h>
#include <string.h>

#include "policy/tenant.h"

static bool
same(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return a == b || strcmp(a, b) == 0;
}

static int
add(struct changes *c, enum change_object object, const void *before,
    const void *after)
{
	struct change *list = c->list;

	/* Room is doubled whenever the count is a power of two. */
	if ((c->count & (c->count - 1)) == 0) {
		list = reallocarray(
		    list, c->count == 0 ? 1 : c->count * 2, sizeof(*list));
		if (list == NULL)
			return -1;
		c->list = list;
	}
	list += c->count++;
	list->object = object;
	list->before = before;
	list->after = after;
	if (before == NULL)
		list->kind = CHANGE_GAINED;
	else
		list->kind = after == NULL ? CHANGE_LOST : CHANGE_CHANGED;
	return 0;
}

static bool
same_files(const struct generation *a, const struct generation *b)
{
	for (int f = 0; f < KEY_FILES; f++)
		if (!same(a->file[f], b->file[f]))
			return false;
	return true;
}

static bool
same_key(const struct signing_key *a, const struct signing_key *b)
{
	const struct generation *old = key_own(a), *new = key_own(b);

	return same(a->said, b->said) &&
	    (old == NULL || new == NULL || same_files(old, new));
}

static bool
same_generation(const struct generation *a, const struct generation *b)
{
	return same(a->said, b->said) && same_files(a, b);
}

static bool
same_client(const struct client_key *a, const struct client_key *b)
{
	return same(a->principal, b->principal) && same(a->from, b->from) &&
	    same(a->profile->name, b->profile->name) && a->expiry == b->expiry;
}

static int
compare_keys(
    const struct tree *before, const struct tree *after, struct changes *ret)
{
	const struct signing_key *a, *b;
	int rv = 0;

	for (size_t i = 0; i < tree_keys(before) && rv == 0; i++) {
		a = tree_key(before, i);
		b = tree_key_by_name(after, a->name);
		if (b == NULL || !same_key(a, b))
			rv = add(ret, CHANGE_KEY, a, b);
	}
	for (size_t i = 0; i < tree_keys(after) && rv == 0; i++) {
		b = tree_key(after, i);
		if (tree_key_by_name(before, b->name) == NULL)
			rv = add(ret, CHANGE_KEY, NULL, b);
	}
	return rv;
}

/* Those with an own section. */
static int
compare_generations(
    const struct tree *before, const struct tree *after, struct changes *ret)
{
	const struct generation *a, *b;
	int rv = 0;

	for (size_t i = 0; i < tree_generations(before) && rv == 0; i++) {
		a = tree_generation(before, i);
		if (a->name[0] == '\0')
			continue;
		b = tree_generation_by_name(after, a->name);
		if (b == NULL || !same_generation(a, b))
			rv = add(ret, CHANGE_GENERATION, a, b);
	}
	for (size_t i = 0; i < tree_generations(after) && rv == 0; i++) {
		b = tree_generation(after, i);
		if (b->name[0] != '\0' &&
		    tree_generation_by_name(before, b->name) == NULL)
			rv = add(ret, CHANGE_GENERATION, NULL, b);
	}
	return rv;
}

static int
compare_tenants(
    const struct tree *before, const struct tree *after, struct changes *ret)
{
	const struct tenant *a, *b;
	int rv = 0;

	for (size_t i = 0; i < tree_tenants(before) && rv == 0; i++) {
		a = tree_tenant(before, i);
		b = tree_tenant_by_name(after, a->name);
		if (b == NULL || !same(a->said, b->said))
			rv = add(ret, CHANGE_TENANT, a, b);
	}
	for (size_t i = 0; i < tree_tenants(after) && rv == 0; i++) {
		b = tree_tenant(after, i);
		if (tree_tenant_by_name(before, b->name) == NULL)
			rv = add(ret, CHANGE_TENANT, NULL, b);
	}
	return rv;
}

static int
compare_profiles(
    const struct tree *before, const struct tree *after, struct changes *ret)
{
	const struct profile *a, *b;
	int rv = 0;

	for (size_t i = 0; i < tree_profiles(before) && rv == 0; i++) {
		a = tree_profile(before, i);
		b = tree_profile_by_name(after, a->name);
		if (b == NULL || !same(a->said, b->said))
			rv = add(ret, CHANGE_PROFILE, a, b);
	}
	for (size_t i = 0; i < tree_profiles(after) && rv == 0; i++) {
		b = tree_profile(after, i);
		if (tree_profile_by_name(before, b->name) == NULL)
			rv = add(ret, CHANGE_PROFILE, NULL, b);
	}
	return rv;
}

static int
compare_clients(
    const struct tree *before, const struct tree *after, struct changes *ret)
{
	const struct client_key *a, *b;
	int rv = 0;

	for (size_t i = 0; i < tree_clients(before) && rv == 0; i++) {
		a = tree_client(before, i);
		b = tree_client_by_blob(after, a->blob, a->blob_len);
		if (b == NULL || !same_client(a, b))
			rv = add(ret, CHANGE_CLIENT, a, b);
	}
	for (size_t i = 0; i < tree_clients(after) && rv == 0; i++) {
		b = tree_client(after, i);
		if (tree_client_by_blob(before, b->blob, b->blob_len) == NULL)
			rv = add(ret, CHANGE_CLIENT, NULL, b);
	}
	return rv;
}

int
tree_compare(
    const struct tree *before, const struct tree *after, struct changes *ret)
{
	const struct server_conf *a = tree_server(before);
	const struct server_conf *b = tree_server(after);

	memset(ret, 0, sizeof(*ret));
	if ((same(a->said, b->said) || add(ret, CHANGE_SERVER, a, b) == 0) &&
	    compare_keys(before, after, ret) == 0 &&
	    compare_generations(before, after, ret) == 0 &&
	    compare_tenants(before, after, ret) == 0 &&
	    compare_profiles(before, after, ret) == 0 &&
	    compare_clients(before, after, ret) == 0)
		return 0;
	changes_release(ret);
	return -1;
}

void
changes_release(struct changes *c)
{
	free(c->list);
	memset(c, 0, sizeof(*c));
}

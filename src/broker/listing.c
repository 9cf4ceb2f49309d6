/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/listing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit/hash.h"
#include "base/text.h"
#include "format/format.h"
#include "policy/tenant.h"

/* What was written for one object. */
#define SAID_MAX ((size_t)64 << 20)

int
listing_hash(const void *data, size_t len, char ret[static LISTING_HASH + 1])
{
	uint8_t hash[SHA256_LEN];
	char text[BASE64_SIZE(SHA256_LEN)];

	if (hash_sha256(data, len, hash) == -1)
		return -1;
	base64_encode(hash, sizeof(hash), false, text);
	memcpy(ret, text, LISTING_HASH);
	ret[LISTING_HASH] = '\0';
	return 0;
}

/* With its NUL, so that no text runs into the next. */
static void
say(struct buf *said, const char *text)
{
	buf_add(said, text != NULL ? text : "",
	    text != NULL ? strlen(text) + 1 : 1);
}

/* Takes what was said; the list has room. */
static int
add(struct listing *to, enum change_object object, const void *thing,
    const char *name, struct buf *said)
{
	struct listed *entry = &to->list[to->count++];

	entry->object = object;
	entry->thing = thing;
	if (said->bad || !text_copy(entry->name, sizeof(entry->name), name) ||
	    listing_hash(buf_at(said), buf_len(said), entry->hash) == -1)
		return -1;
	buf_consume(said, buf_len(said));
	return 0;
}

static int
add_server(struct listing *to, const struct tree *tree, struct buf *said)
{
	const struct server_conf *server = tree_server(tree);

	say(said, server->said);
	return add(to, CHANGE_SERVER, server, "countersign.conf", said);
}

static int
add_tokens(struct listing *to, const struct tree *tree, struct buf *said)
{
	int rv = 0;

	for (size_t i = 0; i < tree_tokens(tree) && rv == 0; i++) {
		const struct token_conf *token = tree_token(tree, i);

		say(said, token->said);
		rv = add(to, CHANGE_TOKEN, token, token->name, said);
	}
	return rv;
}

static void
say_files(struct buf *said, const struct generation *g)
{
	for (int f = 0; f < KEY_FILES; f++)
		say(said, g != NULL ? g->file[f] : NULL);
}

static int
add_keys(struct listing *to, const struct tree *tree, struct buf *said)
{
	int rv = 0;

	for (size_t i = 0; i < tree_keys(tree) && rv == 0; i++) {
		const struct signing_key *key = tree_key(tree, i);
		const struct generation *own = key_own(key);

		say(said, key->said);
		say_files(said, own);
		rv = add(to, CHANGE_KEY, key, key->name, said);
	}
	return rv;
}

/* Those with an own section. */
static int
add_generations(struct listing *to, const struct tree *tree, struct buf *said)
{
	int rv = 0;

	for (size_t i = 0; i < tree_generations(tree) && rv == 0; i++) {
		const struct generation *g = tree_generation(tree, i);

		if (g->name[0] == '\0')
			continue;
		say(said, g->said);
		say_files(said, g);
		rv = add(to, CHANGE_GENERATION, g, g->name, said);
	}
	return rv;
}

static int
add_tenants(struct listing *to, const struct tree *tree, struct buf *said)
{
	int rv = 0;

	for (size_t i = 0; i < tree_tenants(tree) && rv == 0; i++) {
		const struct tenant *tenant = tree_tenant(tree, i);

		say(said, tenant->said);
		rv = add(to, CHANGE_TENANT, tenant, tenant->name, said);
	}
	return rv;
}

static int
add_profiles(struct listing *to, const struct tree *tree, struct buf *said)
{
	int rv = 0;

	for (size_t i = 0; i < tree_profiles(tree) && rv == 0; i++) {
		const struct profile *profile = tree_profile(tree, i);

		say(said, profile->said);
		rv = add(to, CHANGE_PROFILE, profile, profile->name, said);
	}
	return rv;
}

static int
add_clients(struct listing *to, const struct tree *tree, struct buf *said)
{
	char print[FINGERPRINT_SIZE];
	int rv = 0;

	for (size_t i = 0; i < tree_clients(tree) && rv == 0; i++) {
		const struct client_key *client = tree_client(tree, i);

		say(said, client->principal);
		say(said, client->profile->name);
		say(said, client->from);
		buf_add(said, &client->expiry, sizeof(client->expiry));
		fingerprint(client->blob, client->blob_len, print);
		rv = add(to, CHANGE_CLIENT, client, print, said);
	}
	return rv;
}

static int
by_object_and_name(const void *a, const void *b)
{
	const struct listed *left = a, *right = b;

	if (left->object != right->object)
		return left->object < right->object ? -1 : 1;
	return strcmp(left->name, right->name);
}

int
listing_make(const struct tree *tree, struct listing *ret)
{
	size_t count = 1 + tree_tokens(tree) + tree_keys(tree) +
	    tree_generations(tree) + tree_profiles(tree) + tree_clients(tree);
	struct buf said;
	int rv = -1;

	ret->count = 0;
	if ((ret->list = calloc(count, sizeof(*ret->list))) == NULL)
		return -1;
	buf_init(&said, SAID_MAX);
	if (add_server(ret, tree, &said) == 0 &&
	    add_tokens(ret, tree, &said) == 0 &&
	    add_keys(ret, tree, &said) == 0 &&
	    add_generations(ret, tree, &said) == 0 &&
	    add_tenants(ret, tree, &said) == 0 &&
	    add_profiles(ret, tree, &said) == 0 &&
	    add_clients(ret, tree, &said) == 0)
		rv = 0;
	buf_release(&said);
	if (rv == -1)
		listing_release(ret);
	else
		qsort(ret->list, ret->count, sizeof(*ret->list),
		    by_object_and_name);
	return rv;
}

void
listing_release(struct listing *listing)
{
	free(listing->list);
	memset(listing, 0, sizeof(*listing));
}

static void
add_line(struct buf *text, const struct listed *entry)
{
	const struct client_key *client = entry->thing;

	buf_adds(text, change_object_word(entry->object));
	buf_adds(text, " ");
	buf_adds(text, entry->name);
	buf_adds(text, " ");
	buf_adds(text, entry->hash);
	if (entry->object == CHANGE_CLIENT) {
		buf_adds(text, " ");
		buf_adds(text, client->profile->name);
		buf_adds(text, " ");
		buf_adds(text, client->principal);
	}
	buf_adds(text, "\n");
}

void
listing_text(const struct listing *listing, struct buf *text)
{
	char hash[LISTING_HASH + 1];

	buf_adds(text, LISTING_HEAD);
	for (size_t i = 0; i < listing->count; i++)
		add_line(text, &listing->list[i]);
	if (listing_hash(buf_at(text), buf_len(text), hash) == -1) {
		text->bad = true;
		return;
	}
	buf_adds(text, LISTING_END);
	buf_adds(text, hash);
	buf_adds(text, "\n");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/claim.h"

#include <stdlib.h>
#include <string.h>

#define PROOF_BEGIN "c2sp.org/tlog-proof@v1\n"

void
claims_release(struct claims *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->list[i]);
	memset(c, 0, sizeof(*c));
}

int
claims_add_key(
    struct claims *c, const struct note_key *key, struct text_error *reterr)
{
	if (c->keys == CLAIM_KEYS)
		return text_fail(
		    reterr, 0, "more than %d audit keys", CLAIM_KEYS);
	c->key[c->keys++] = *key;
	c->keys_given = true;
	return 0;
}

int
claims_add_pubkey(struct claims *c, const uint8_t pubkey[NOTE_PUBKEY],
    struct text_error *reterr)
{
	struct note_key key = { .name = "" };

	memcpy(key.pubkey, pubkey, NOTE_PUBKEY);
	return claims_add_key(c, &key, reterr);
}

/* The note of a proof begins behind its first empty line. */
static int
skip_proof(const char **text, size_t *len, struct text_error *reterr)
{
	size_t begin = sizeof(PROOF_BEGIN) - 1;
	const char *at;

	if (*len < begin || memcmp(*text, PROOF_BEGIN, begin) != 0)
		return 0;
	if ((at = memmem(*text, *len, "\n\n", 2)) == NULL)
		return text_fail(reterr, 0, "a proof without a checkpoint");
	at += 2;
	*len -= (size_t)(at - *text);
	*text = at;
	return 0;
}

int
claims_add(struct claims *c, const char *file, const char *text, size_t len,
    struct text_error *reterr)
{
	struct claim *claim;

	if (c->count == CLAIMS_MAX)
		return text_fail(
		    reterr, 0, "more than %d checkpoints", CLAIMS_MAX);
	if (skip_proof(&text, &len, reterr) == -1)
		return -1;
	if (len > sizeof(claim->note))
		return text_fail(reterr, 0, "too long for a checkpoint");
	if ((claim = calloc(1, sizeof(*claim))) == NULL)
		return text_fail(reterr, 0, "no memory");
	memcpy(claim->note, text, len);
	claim->file = file;
	if (checkpoint_parse(text, len, &claim->parsed, reterr) == -1) {
		free(claim);
		return -1;
	}
	c->list[c->count++] = claim;
	return 0;
}

static bool
is_key(const struct note_key *a, const struct note_key *b)
{
	return memcmp(a->pubkey, b->pubkey, NOTE_PUBKEY) == 0;
}

static const struct note_key *
find_key(const struct claims *c, const struct note_key *key)
{
	for (size_t i = 0; i < c->keys; i++)
		if (is_key(&c->key[i], key))
			return &c->key[i];
	return NULL;
}

/* An origin is good when a given key has its name, or nothing else was seen. */
static bool
is_origin(struct claims *c, const char *origin)
{
	bool named = false;

	for (size_t i = 0; i < c->keys; i++) {
		named = named || c->key[i].name[0] != '\0';
		if (strcmp(c->key[i].name, origin) == 0)
			return true;
	}
	if (named)
		return false;
	if (c->origin[0] == '\0')
		text_copy(c->origin, sizeof(c->origin), origin);
	return strcmp(c->origin, origin) == 0;
}

static int
wrong_origin(const struct claims *c, const char *origin,
    struct record_place place, uint64_t seq, struct fault *ret)
{
	const char *want = c->origin;

	for (size_t i = 0; i < c->keys; i++)
		if (c->key[i].name[0] != '\0')
			want = c->key[i].name;
	return fault_set(ret, FAULT_ORIGIN, place, seq, seq,
	    "a checkpoint of another log: its origin is %s and not %s", origin,
	    want);
}

static int
wrong_key(const struct claims *c, const struct note_key *key,
    struct record_place place, uint64_t seq, struct fault *ret)
{
	char text[NOTE_VKEY];

	note_key_text(key, text);
	return fault_set(ret, FAULT_KEY, place, seq, seq,
	    "its checkpoint is signed by another audit key than %s: %s",
	    c->keys_given ? "those given" : "the ones before", text);
}

int
claims_admit(struct claims *c, const struct note_key *key,
    struct record_place place, uint64_t seq, struct fault *ret)
{
	if (c->keys == 0)
		c->key[c->keys++] = *key;
	if (find_key(c, key) == NULL)
		return wrong_key(c, key, place, seq, ret);
	if (!is_origin(c, key->name))
		return wrong_origin(c, key->name, place, seq, ret);
	return 0;
}

/* The keys, those without a name by that of the note. */
static size_t
keys_for(const struct claims *c, const char *origin,
    struct note_key ret[static CLAIM_KEYS])
{
	size_t count = 0;

	for (size_t i = 0; i < c->keys; i++) {
		ret[count] = c->key[i];
		if (c->key[i].name[0] == '\0' &&
		    note_key_init(&ret[count], origin, c->key[i].pubkey) == -1)
			continue;
		count++;
	}
	return count;
}

static int
check_claim(struct claims *c, const struct claim *claim, struct fault *ret)
{
	const char *origin = claim->parsed.checkpoint.origin;
	struct record_place place = { claim->file, 0 };
	struct note_key keys[CLAIM_KEYS];
	struct text_error err;
	size_t count = keys_for(c, origin, keys);

	if (!is_origin(c, origin))
		return wrong_origin(c, origin, place, 0, ret);
	if (checkpoint_signer(claim->note, &claim->parsed, keys, count, &err) ==
	    -1)
		return fault_set(ret, FAULT_KEY, place, 0, 0, "%s", err.what);
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct claim *const *x = a, *const *y = b;
	uint64_t i = (*x)->parsed.checkpoint.size;
	uint64_t j = (*y)->parsed.checkpoint.size;

	return i < j ? -1 : i > j;
}

static int
check_pair(const struct claim *a, const struct claim *b, struct fault *ret)
{
	const struct checkpoint *x = &a->parsed.checkpoint;
	const struct checkpoint *y = &b->parsed.checkpoint;
	struct record_place place = { b->file, 0 };

	if (x->size != y->size || strcmp(x->origin, y->origin) != 0 ||
	    memcmp(x->root, y->root, MERKLE_HASH) == 0)
		return 0;
	return fault_set(ret, FAULT_FORK, place, 0, x->size,
	    "a fork: this checkpoint and %.128s were both signed for %ju "
	    "records, and cannot both be true",
	    a->file, (uintmax_t)x->size);
}

int
claims_check(struct claims *c, struct fault *ret)
{
	if (c->checked)
		return 0;
	for (size_t i = 0; i < c->count; i++)
		if (check_claim(c, c->list[i], ret) == -1)
			return -1;
	qsort(c->list, c->count, sizeof(c->list[0]), compare);
	for (size_t i = 1; i < c->count; i++)
		if (check_pair(c->list[i - 1], c->list[i], ret) == -1)
			return -1;
	c->checked = true;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/keyring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/key_shared.h"
#include "format/ssh.h"
#include "policy/apart.h"

/* Before anything was signed with a key. */
#define GUESS_US 1000u

struct keyring {
	struct key **keys; /* by number; NULL: forgotten */
	size_t count, size;
	struct key **adopted; /* by index in the tree */
	size_t adopted_count;
};

struct keyring *
keyring_new(void)
{
	return calloc(1, sizeof(struct keyring));
}

static void
key_free(struct key *key)
{
	if (key == NULL)
		return;
	key_files_release(&key->files);
	free(key->spki);
	free(key->ssh);
	free(key);
}

void
keyring_free(struct keyring *ring)
{
	if (ring == NULL)
		return;
	for (size_t i = 0; i < ring->count; i++)
		key_free(ring->keys[i]);
	free(ring->keys);
	free(ring->adopted);
	free(ring);
}

static bool
is_same(const struct key *key, const struct generation *conf)
{
	/* Signatures say the fingerprint, and may be on their way. */
	return key_file_is(&key->files, KEY_FILE_OPENPGP, conf) &&
	    strcmp(key->token, conf->token->name) == 0 &&
	    strcmp(key->object, conf->object) == 0 &&
	    key->allow_extractable == conf->allow_extractable &&
	    key->allow_short == conf->allow_short &&
	    key->audit == conf->key->audit &&
	    key->wrapped == conf->key->wrapped &&
	    key->apart == apart_set(conf->key);
}

static struct key *
key_new(const struct generation *conf)
{
	struct key *key = calloc(1, sizeof(*key));

	if (key == NULL)
		return NULL;
	if (!text_copy(key->name, sizeof(key->name), conf->of) ||
	    !text_copy(key->generation, sizeof(key->generation), conf->name) ||
	    !text_copy(key->token, sizeof(key->token), conf->token->name) ||
	    !text_copy(key->object, sizeof(key->object), conf->object)) {
		free(key);
		return NULL;
	}
	key->allow_extractable = conf->allow_extractable;
	key->allow_short = conf->allow_short;
	key->audit = conf->key->audit;
	key->wrapped = conf->key->wrapped;
	key->apart = apart_set(conf->key);
	return key;
}

static int
by_name(const void *a, const void *b)
{
	const struct key *const *left = a, *const *right = b;
	int order = strcmp((*left)->name, (*right)->name);

	if (order == 0)
		order = strcmp((*left)->generation, (*right)->generation);
	return order;
}

static int
by_its_name(const void *generation, const void *b)
{
	const struct generation *conf = generation;
	const struct key *const *key = b;
	int order = strcmp(conf->of, (*key)->name);

	return order != 0 ? order : strcmp(conf->name, (*key)->generation);
}

/* Room for so many more numbers. */
static int
reserve(struct keyring *ring, size_t more)
{
	struct key **keys;
	size_t size = ring->count + more;

	if (size <= ring->size)
		return 0;
	if ((keys = reallocarray(ring->keys, size, sizeof(*keys))) == NULL)
		return -1;
	ring->keys = keys;
	ring->size = size;
	return 0;
}

/* What a tree brings for one generation. */
struct arrival {
	struct key *key;
	struct key_files files;
	bool news; /* the files are others than the key's */
};

/* Can the key go on with these files?  What a worker will say is not known. */
static bool
takes(const struct key *key, struct key_files *files)
{
	char why[MESSAGE_SIZE];

	return key->known &&
	    key_files_check(files, key->spki, key->spki_len, why) == 0;
}

static int
arrive(struct arrival *a, struct key *old, const struct generation *conf)
{
	if (old != NULL && !is_same(old, conf))
		old = NULL;
	if (old == NULL || !key_files_are(&old->files, conf)) {
		if (key_files_read(&a->files, conf) == -1)
			return -1;
		a->news = true;
	}
	if (old != NULL && a->news && !takes(old, &a->files))
		old = NULL;
	a->key = old != NULL ? old : key_new(conf);
	return a->key != NULL ? 0 : -1;
}

/* The keys of the tree, old ones where they still mean the same. */
static int
collect(struct key *const *sorted, size_t sorted_count, const struct tree *tree,
    struct arrival *ret)
{
	for (size_t i = 0; i < tree_generations(tree); i++) {
		const struct generation *conf = tree_generation(tree, i);
		struct key *const *old = sorted_count == 0 ?
		    NULL :
		    bsearch(conf, sorted, sorted_count, sizeof(*sorted),
			by_its_name);

		if (arrive(&ret[i], old != NULL ? *old : NULL, conf) == -1)
			return -1;
	}
	return 0;
}

/* Keys that collect made are those without a section yet. */
static void
discard(struct arrival *arrivals, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct arrival *a = &arrivals[i];

		if (a->key != NULL && a->key->conf == NULL)
			key_free(a->key);
		key_files_release(&a->files);
	}
}

static void
forget(struct keyring *ring, struct key *key)
{
	if (key->conf != NULL || key->refs > 0)
		return;
	ring->keys[key->number] = NULL;
	key_free(key);
}

/* The key is the tree's from now on, with the files that it brought. */
static void
take(struct key *key, struct arrival *a, const struct generation *conf)
{
	struct key_files before = key->files;

	if (a->news) {
		key->files = a->files;
		a->files = before;
	}
	key->conf = conf;
	key->facts.certificate = key->files.certificate;
	key->facts.openpgp = key_files_openpgp(&key->files);
	key->facts.allow_expired = conf->allow_expired;
}

/* From here on nothing can fail. */
static void
commit(struct keyring *ring, const struct tree *tree, struct arrival *arrivals,
    struct key **keys)
{
	struct key **before = ring->adopted;
	size_t count = ring->adopted_count;

	for (size_t i = 0; i < count; i++)
		before[i]->conf = NULL;
	ring->adopted = keys;
	ring->adopted_count = tree_generations(tree);
	for (size_t i = 0; i < ring->adopted_count; i++) {
		struct key *key = keys[i] = arrivals[i].key;
		bool is_new = key->number >= ring->count ||
		    ring->keys[key->number] != key;

		take(key, &arrivals[i], tree_generation(tree, i));
		if (!is_new)
			continue;
		key->number = (uint32_t)ring->count;
		ring->keys[ring->count++] = key;
	}
	for (size_t i = 0; i < count; i++)
		forget(ring, before[i]);
	free(before);
}

int
keyring_adopt(struct keyring *ring, const struct tree *tree)
{
	size_t count = tree_generations(tree), old = ring->adopted_count;
	struct arrival *arrivals = calloc(count + 1, sizeof(*arrivals));
	struct key **keys = calloc(count + 1, sizeof(struct key *));
	struct key **sorted = calloc(old + 1, sizeof(struct key *));
	int rv = -1;

	if (arrivals == NULL || keys == NULL || sorted == NULL ||
	    reserve(ring, count) == -1)
		goto out;
	if (old > 0) {
		memcpy(sorted, ring->adopted, old * sizeof(struct key *));
		qsort(sorted, old, sizeof(struct key *), by_name);
	}
	if (collect(sorted, old, tree, arrivals) == -1)
		goto out;
	commit(ring, tree, arrivals, keys);
	keys = NULL;
	rv = 0;
out:
	if (arrivals != NULL)
		discard(arrivals, count);
	free(arrivals);
	free(keys);
	free(sorted);
	return rv;
}

struct key *
keyring_of(const struct keyring *ring, const struct generation *conf)
{
	return ring->adopted[conf->index];
}

struct key *
keyring_at(const struct keyring *ring, uint32_t number)
{
	return number < ring->count ? ring->keys[number] : NULL;
}

uint32_t
keyring_end(const struct keyring *ring)
{
	return (uint32_t)ring->count;
}

uint32_t
key_cost_us(const struct key *key)
{
	return key->us != 0 ? key->us : GUESS_US;
}

void
key_ref(struct key *key)
{
	key->refs++;
}

void
keyring_unref(struct keyring *ring, struct key *key)
{
	key->refs--;
	forget(ring, key);
}

static bool
refuse(struct key *key, enum reason reason, const char *text)
{
	key->reason = reason;
	snprintf(key->text, sizeof(key->text), "%s", text);
	/* A client's and an admin's terminal will show it. */
	text_plain(key->text);
	return false;
}

static bool
can_audit(const struct key_facts *f)
{
	return f->type == KEY_ED25519 &&
	    (f->mechs & mech_bit(MECH_EDDSA, HASH_NONE)) != 0;
}

/* Made once, because reading the key takes longer than a signature. */
static void
know_ssh(struct key *key)
{
	uint8_t blob[SSH_KEY_MAX];
	struct writer w;

	writer_init(&w, blob, sizeof(blob));
	if (ssh_put_key(&w, key->spki, key->spki_len) == -1 ||
	    (key->ssh = malloc(w.used)) == NULL)
		return;
	memcpy(key->ssh, blob, w.used);
	key->facts.ssh = key->ssh;
	key->facts.ssh_len = w.used;
}

/* The public key and all that hangs on it, from now on. */
static bool
know(struct key *key, const struct key_facts *f)
{
	if ((key->spki = malloc(f->spki_len)) == NULL)
		return refuse(key, REASON_INTERNAL, "no memory");
	memcpy(key->spki, f->spki, f->spki_len);
	key->spki_len = f->spki_len;
	key->facts.type = f->type;
	key->facts.bits = f->bits;
	key->facts.mechs = f->mechs;
	key->facts.name = key->name;
	key->facts.openpgp = key_files_openpgp(&key->files);
	key->facts.spki = key->spki;
	key->facts.spki_len = key->spki_len;
	know_ssh(key);
	key->attributes = f->attributes;
	fingerprint(f->spki, f->spki_len, key->fingerprint);
	key->known = true;
	return true;
}

bool
keyring_learn(struct keyring *ring, struct key *key, const struct key_facts *f)
{
	char text[MESSAGE_SIZE];
	const char *why;

	if (f->reason != REASON_OK)
		return refuse(key, f->reason,
		    f->text[0] != '\0' ? f->text : reason_text(f->reason));
	if (f->type == KEY_NONE || f->spki_len == 0)
		return refuse(key, REASON_KEY_UNFIT,
		    "the token said neither type nor public key");
	if (key->known && key_is_of(key, f))
		return true;
	if (key->known)
		return refuse(key, REASON_KEY_UNFIT,
		    "the token holds another key of this name than before; "
		    "the service must be restarted to take it");
	if (key->audit && !can_audit(f))
		return refuse(key, REASON_KEY_UNFIT,
		    "use = audit needs an Ed25519 key that the token signs "
		    "with");
	if ((why = key_is_shared(ring, key, f, text)) != NULL)
		return refuse(key, REASON_KEY_UNFIT, why);
	if (key_files_check(&key->files, f->spki, f->spki_len, text) == -1)
		return refuse(key, REASON_KEY_UNFIT, text);
	return know(key, f);
}

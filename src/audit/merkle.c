/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/merkle.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "audit/hash.h"

#define LEAVES_MAX ((UINT64_C(1) << MERKLE_LEVELS) - 1)

/* One a thread, kept: with a new one a hash would take half as long again. */
static _Thread_local EVP_MD_CTX *context;

/* It goes with its thread. */
static pthread_key_t contexts;
static pthread_once_t contexts_once = PTHREAD_ONCE_INIT;
static bool contexts_end;

static void
free_context(void *ctx)
{
	EVP_MD_CTX_free(ctx);
}

static void
make_contexts(void)
{
	contexts_end = pthread_key_create(&contexts, free_context) == 0;
}

static void
make_context(void)
{
	pthread_once(&contexts_once, make_contexts);
	context = EVP_MD_CTX_new();
	if (contexts_end)
		pthread_setspecific(contexts, context);
}

/* SHA-256(prefix || data): 0, or -1. */
static int
hash_prefixed(uint8_t prefix, const void *data, size_t len, merkle_hash ret)
{
	const EVP_MD *md = hash_sha256_md();

	if (context == NULL)
		make_context();
	if (md == NULL || context == NULL ||
	    EVP_DigestInit_ex2(context, md, NULL) != 1 ||
	    EVP_DigestUpdate(context, &prefix, 1) != 1 ||
	    EVP_DigestUpdate(context, data, len) != 1 ||
	    EVP_DigestFinal_ex(context, ret, NULL) != 1)
		return -1;
	return 0;
}

int
merkle_leaf(const void *line, size_t len, merkle_hash ret)
{
	return hash_prefixed(0, line, len, ret);
}

/* ret may be left or right. */
static int
hash_node(const merkle_hash left, const merkle_hash right, merkle_hash ret)
{
	uint8_t both[2 * MERKLE_HASH];

	memcpy(both, left, MERKLE_HASH);
	memcpy(both + MERKLE_HASH, right, MERKLE_HASH);
	return hash_prefixed(1, both, sizeof(both), ret);
}

static bool
has_bit(uint64_t number, unsigned bit)
{
	return (number >> bit & 1) != 0;
}

int
merkle_append(
    struct merkle *m, const merkle_hash leaf, struct merkle_added *added)
{
	struct merkle_added ours;
	unsigned level = 0;

	if (added == NULL)
		added = &ours;
	if (m->size >= LEAVES_MAX)
		return -1;
	memcpy(added->hash[0], leaf, MERKLE_HASH);
	for (; has_bit(m->size, level); level++)
		if (hash_node(m->node[level], added->hash[level],
			added->hash[level + 1]) == -1)
			return -1;
	added->count = level + 1;
	memcpy(m->node[level], added->hash[level], MERKLE_HASH);
	m->size++;
	return 0;
}

int
merkle_root(const struct merkle *m, merkle_hash ret)
{
	merkle_hash root;
	bool begun = false;

	if (m->size == 0)
		return hash_sha256("", 0, ret);
	for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
		if (!has_bit(m->size, level))
			continue;
		if (!begun)
			memcpy(root, m->node[level], MERKLE_HASH);
		else if (hash_node(m->node[level], root, root) == -1)
			return -1;
		begun = true;
	}
	memcpy(ret, root, MERKLE_HASH);
	return 0;
}

uint64_t
merkle_stored(uint64_t leaves)
{
	return 2 * leaves - (uint64_t)__builtin_popcountll(leaves);
}

/* The subtree is complete, and written, with its last leaf. */
uint64_t
merkle_index(unsigned level, uint64_t number)
{
	uint64_t last = ((number + 1) << level) - 1;

	return merkle_stored(last) + level;
}

/* Somewhere to read the hashes of subtrees. */
struct stored {
	merkle_read_fn *read;
	void *arg;
};

int
merkle_resume(
    struct merkle *ret, uint64_t leaves, merkle_read_fn *read, void *arg)
{
	struct merkle m = { .size = leaves };

	if (leaves > LEAVES_MAX)
		return -1;
	for (unsigned level = 0; level < MERKLE_LEVELS; level++)
		if (has_bit(leaves, level) &&
		    read(arg, merkle_index(level, (leaves >> level) - 1),
			m.node[level]) != 0)
			return -1;
	*ret = m;
	return 0;
}

/* Leaves begin to end: the half open span of a subtree as RFC 6962 splits. */
struct span {
	uint64_t begin, end;
};

/* The largest power of two below its length, which is 2 or more. */
static uint64_t
span_split(const struct span *s)
{
	uint64_t last = s->end - s->begin - 1;

	return UINT64_C(1) << (63 - __builtin_clzll(last));
}

/* Begin is a multiple of the largest power of two in the length. */
static int
span_hash(const struct span *s, const struct stored *from, merkle_hash ret)
{
	struct merkle m = { .size = s->end - s->begin };
	uint64_t at = s->begin;

	for (unsigned level = MERKLE_LEVELS; level-- > 0;) {
		if (!has_bit(m.size, level))
			continue;
		if (from->read(from->arg, merkle_index(level, at >> level),
			m.node[level]) != 0)
			return -1;
		at += UINT64_C(1) << level;
	}
	return merkle_root(&m, ret);
}

/* A proof is found from the root down and written from the leaf up. */
static void
turn_round(struct merkle_proof *proof)
{
	merkle_hash hash;

	for (size_t i = 0, j = proof->count; i + 1 < j; i++) {
		j--;
		memcpy(hash, proof->hash[i], MERKLE_HASH);
		memcpy(proof->hash[i], proof->hash[j], MERKLE_HASH);
		memcpy(proof->hash[j], hash, MERKLE_HASH);
	}
}

/*
 * Goes into the half that has the leaf before `until', and adds the other one
 * to the proof.
 */
static int
descend(struct span *s, uint64_t until, const struct stored *from,
    struct merkle_proof *proof)
{
	uint64_t middle = s->begin + span_split(s);
	struct span other = *s;

	if (until <= middle)
		other.begin = s->end = middle;
	else
		other.end = s->begin = middle;
	return span_hash(&other, from, proof->hash[proof->count++]);
}

int
merkle_inclusion(uint64_t index, uint64_t leaves, merkle_read_fn *read,
    void *arg, struct merkle_proof *ret)
{
	struct stored from = { read, arg };
	struct span s = { 0, leaves };
	struct merkle_proof proof = { 0 };

	if (index >= leaves || leaves > LEAVES_MAX)
		return -1;
	while (s.end - s.begin > 1)
		if (descend(&s, index + 1, &from, &proof) == -1)
			return -1;
	turn_round(&proof);
	*ret = proof;
	return 0;
}

/* Nothing is needed to show that an empty tree is the prefix of another. */
int
merkle_consistency(uint64_t old_leaves, uint64_t leaves, merkle_read_fn *read,
    void *arg, struct merkle_proof *ret)
{
	struct stored from = { read, arg };
	struct span s = { 0, leaves };
	struct merkle_proof proof = { 0 };

	if (old_leaves > leaves || leaves > LEAVES_MAX)
		return -1;
	while (old_leaves > 0 && s.end != old_leaves)
		if (descend(&s, old_leaves, &from, &proof) == -1)
			return -1;
	/* The old root itself is known to who checks. */
	if (s.begin > 0 &&
	    span_hash(&s, &from, proof.hash[proof.count++]) == -1)
		return -1;
	turn_round(&proof);
	*ret = proof;
	return 0;
}

/*
 * The way from a node to the root: its number in its level, and that of the
 * last one there.
 */
struct climb {
	uint64_t at, last;
};

static void
climb_up(struct climb *c)
{
	c->at >>= 1;
	c->last >>= 1;
}

/* Does the next hash of the proof stand left of this node? */
static bool
climb_is_right(const struct climb *c)
{
	return (c->at & 1) != 0 || c->at == c->last;
}

/* After a hash from the left: a last node without a right one goes up as is. */
static void
climb_past(struct climb *c, bool right)
{
	while (right && (c->at & 1) == 0 && c->at != 0)
		climb_up(c);
	climb_up(c);
}

static bool
is_same(const merkle_hash a, const merkle_hash b)
{
	return memcmp(a, b, MERKLE_HASH) == 0;
}

/* RFC 9162 2.1.3.2, which is the same tree in steps. */
int
merkle_check_inclusion(const struct merkle_proof *proof, uint64_t index,
    const merkle_hash leaf, uint64_t leaves, const merkle_hash root)
{
	struct climb c = { index, leaves - 1 };
	merkle_hash hash;
	int rv;

	if (index >= leaves || proof->count > MERKLE_PROOF_MAX)
		return -1;
	memcpy(hash, leaf, MERKLE_HASH);
	for (size_t i = 0; i < proof->count; i++) {
		bool right = climb_is_right(&c);

		if (c.last == 0)
			return -1;
		rv = right ? hash_node(proof->hash[i], hash, hash) :
			     hash_node(hash, proof->hash[i], hash);
		if (rv == -1)
			return -1;
		climb_past(&c, right);
	}
	return c.last == 0 && is_same(hash, root) ? 0 : -1;
}

/* The old root and the new one, as far as the proof was read. */
struct two_roots {
	merkle_hash old, new;
};

static int
take_hash(struct two_roots *r, struct climb *c, const merkle_hash hash)
{
	bool right = climb_is_right(c);

	if (c->last == 0)
		return -1;
	if (right &&
	    (hash_node(hash, r->old, r->old) == -1 ||
		hash_node(hash, r->new, r->new) == -1))
		return -1;
	if (!right && hash_node(r->new, hash, r->new) == -1)
		return -1;
	climb_past(c, right);
	return 0;
}

/* RFC 9162 2.1.4.2, for 0 < old_leaves < leaves. */
static int
check_growth(const struct merkle_proof *proof, struct climb c,
    const merkle_hash old_root, const merkle_hash root)
{
	/* A complete old tree is a node of the new one: left out. */
	bool complete = (c.at & (c.at + 1)) == 0;
	size_t next = complete ? 0 : 1;
	struct two_roots r;

	if (proof->count == 0 || proof->count > MERKLE_PROOF_MAX)
		return -1;
	memcpy(r.old, complete ? old_root : proof->hash[0], MERKLE_HASH);
	memcpy(r.new, r.old, MERKLE_HASH);
	while ((c.at & 1) != 0)
		climb_up(&c);
	for (; next < proof->count; next++)
		if (take_hash(&r, &c, proof->hash[next]) == -1)
			return -1;
	return c.last == 0 && is_same(r.old, old_root) && is_same(r.new, root) ?
	    0 :
	    -1;
}

static bool
is_empty_root(const merkle_hash root)
{
	merkle_hash empty;

	return hash_sha256("", 0, empty) == 0 && is_same(root, empty);
}

int
merkle_check_consistency(const struct merkle_proof *proof, uint64_t old_leaves,
    const merkle_hash old_root, uint64_t leaves, const merkle_hash root)
{
	struct climb c = { old_leaves - 1, leaves - 1 };

	if (old_leaves > leaves)
		return -1;
	if (old_leaves > 0 && old_leaves < leaves)
		return check_growth(proof, c, old_root, root);
	if (proof->count != 0 || (old_leaves == 0 && !is_empty_root(old_root)))
		return -1;
	return old_leaves < leaves || is_same(old_root, root) ? 0 : -1;
}

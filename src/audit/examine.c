/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/examine.h"

#include <stdio.h>
#include <string.h>

#include "audit/seal.h"

/*
 * How far before the last checkpoint one may be that comes later.  Somebody
 * could put in many that are old and true, and each would cost that much.
 */
#define BACK 8192

/* Leaves by index, from begin to before end. */
struct suspects {
	uint64_t begin, end;
};

/* The first subtree that is not the one that was signed. */
static struct suspects
differing(const struct merkle *mine, const struct merkle *true_nodes)
{
	struct suspects s = { 0, 0 };

	for (unsigned level = MERKLE_LEVELS; level-- > 0;) {
		if ((mine->size >> level & 1) == 0)
			continue;
		s.begin = s.end;
		s.end += UINT64_C(1) << level;
		if (memcmp(mine->node[level], true_nodes->node[level],
			MERKLE_HASH) != 0)
			break;
	}
	return s;
}

/* Which records may be the ones that were changed. */
static struct suspects
narrow(const struct auditor *a, const struct merkle *mine,
    const struct merkle *true_nodes)
{
	struct suspects s = { a->follower.first - 1, mine->size }, d;

	if (a->covered > s.begin)
		s.begin = a->covered;
	if (true_nodes == NULL)
		return s;
	d = differing(mine, true_nodes);
	/*
	 * A true leaf behind the anchor vouches, by its prev, for all before
	 * it; nothing does so for what lies before the anchor itself.
	 */
	if (d.begin > s.begin && d.begin > a->anchor)
		s.begin = d.begin;
	s.end = d.end;
	return s;
}

/* The checkpoint is the one in seq N, or the file F. */
static int
say_changed(const struct auditor *a, const struct suspects *s,
    const char *checkpoint, struct fault *ret)
{
	const struct record_place *place = window_place(&a->window, s->begin);
	bool one = s->end - s->begin == 1;

	return fault_set(ret, FAULT_CHANGED,
	    place != NULL ? *place : a->follower.last.place, s->begin + 1,
	    s->end, "%s: the checkpoint %s covers %s",
	    one ? "this record was changed" : "one of these was changed",
	    checkpoint, one ? "another" : "others");
}

/* Both are signed by the log's key, for the same records. */
static int
say_fork(const struct auditor *a, struct record_place place, uint64_t seq,
    struct fault *ret)
{
	return fault_set(ret, FAULT_FORK, place, seq, seq,
	    "a fork: this checkpoint and the one %s are both signed and cannot "
	    "both be true",
	    a->proof);
}

static int
failed(const struct auditor *a, struct fault *ret)
{
	const struct link *last = &a->follower.last;

	return fault_set(ret, FAULT_INTERNAL, last->place, last->seq, last->seq,
	    "SHA-256 failed");
}

/* The records are those of a signed checkpoint of this size. */
static int
found_true(struct auditor *a, uint64_t size, struct fault *ret)
{
	/* Nodes that the checkpoint brought itself say nothing new. */
	if (size > a->anchor && size > a->covered)
		a->covered = size;
	if (a->doubt != NULL && a->doubt->parsed.checkpoint.size <= size) {
		struct record_place place = { a->doubt->file, 0 };

		return say_fork(a, place, 0, ret);
	}
	return 0;
}

static int
found_wrong(struct auditor *a, const struct seal *seal,
    const struct merkle *mine, struct fault *ret)
{
	const struct link *here = &a->follower.last;
	const struct merkle *nodes = seal->has_nodes ? &seal->nodes : NULL;
	struct suspects s;
	char name[32];

	if (mine->size <= a->covered)
		return say_fork(a, here->place, here->seq, ret);
	s = narrow(a, mine, nodes);
	snprintf(name, sizeof(name), "in seq %ju", (uintmax_t)here->seq);
	return say_changed(a, &s, name, ret);
}

/* The tree at the checkpoint's size, learnt from its nodes if need be. */
static enum window_answer
tree_for(struct auditor *a, const struct seal *seal, struct merkle *ret)
{
	uint64_t size = seal->checkpoint.size;
	enum window_answer answer = window_tree(&a->window, size, BACK, ret);

	if (answer != WINDOW_UNKNOWN || !seal->has_nodes)
		return answer;
	if (window_adopt(&a->window, &seal->nodes) != WINDOW_OK)
		return WINDOW_UNKNOWN;
	a->anchor = window_known(&a->window);
	return window_tree(&a->window, size, BACK, ret);
}

static int
examine_tree(struct auditor *a, const struct seal *seal, struct fault *ret)
{
	const struct checkpoint *c = &seal->checkpoint;
	const struct link *here = &a->follower.last;
	struct merkle mine;
	merkle_hash root;

	switch (tree_for(a, seal, &mine)) {
	case WINDOW_OK:
		break;
	case WINDOW_UNKNOWN:
	case WINDOW_GONE:
		return 0;
	case WINDOW_FAILED:
		return failed(a, ret);
	}
	if (merkle_root(&mine, root) == -1)
		return failed(a, ret);
	if (memcmp(root, c->root, MERKLE_HASH) != 0)
		return found_wrong(a, seal, &mine, ret);
	a->key = seal->key;
	a->checkpoints++;
	if (found_true(a, c->size, ret) == -1)
		return -1;
	snprintf(
	    a->proof, sizeof(a->proof), "in seq %ju", (uintmax_t)here->seq);
	return 0;
}

/* It was asked for before it was written: some that it covers are gone. */
static int
say_removed(const struct auditor *a, const struct seal *seal, struct fault *ret)
{
	const struct link *here = &a->follower.last;
	uint64_t begin = a->follower.first - 1;
	const struct record_place *place;

	if (a->covered > begin)
		begin = a->covered;
	place = window_place(&a->window, begin);
	return fault_set(ret, FAULT_MISSING,
	    place != NULL ? *place : here->place, begin + 1, here->seq,
	    "one or more are missing here: the checkpoint in seq %ju covers "
	    "%ju before it",
	    (uintmax_t)here->seq, (uintmax_t)seal->checkpoint.size);
}

static int
bad_seal(const struct link *here, const char *what, struct fault *ret)
{
	return fault_set(ret, FAULT_CHECKPOINT, here->place, here->seq,
	    here->seq, "a false checkpoint: %s", what);
}

int
examine_record(
    struct auditor *a, const struct record_slices *slices, struct fault *ret)
{
	const struct link *here = &a->follower.last;
	struct text_error err;
	struct seal seal;

	if (seal_read(slices, &seal, &err) == -1)
		return bad_seal(here, err.what, ret);
	if (claims_admit(&a->claims, &seal.key, here->place, here->seq, ret) ==
	    -1)
		return -1;
	if (!seal_is_signed(&seal))
		return bad_seal(here, "its signature is wrong", ret);
	if (claims_check(&a->claims, ret) == -1)
		return -1;
	if (seal.checkpoint.size >= here->seq)
		return say_removed(a, &seal, ret);
	return examine_tree(a, &seal, ret);
}

static void
say_more(struct fault *f, const char *more)
{
	size_t len = strlen(f->what);

	snprintf(f->what + len, sizeof(f->what) - len, "%s", more);
}

/* A signed checkpoint that the records contradict: they may be the liars. */
static int
claim_is_wrong(struct auditor *a, const struct claim *claim,
    const struct merkle *mine, struct fault *ret)
{
	struct record_place place = { claim->file, 0 };
	struct suspects s;

	if (mine->size <= a->covered)
		return say_fork(a, place, 0, ret);
	if (a->doubt != NULL)
		return 0;
	s = narrow(a, mine, NULL);
	a->doubt = claim;
	say_changed(a, &s, claim->file, &a->doubt_fault);
	say_more(&a->doubt_fault, ", or the log was forked");
	return 0;
}

static int
examine_claim(struct auditor *a, const struct claim *claim,
    const struct merkle *mine, struct fault *ret)
{
	const struct checkpoint *c = &claim->parsed.checkpoint;
	merkle_hash root;

	if (merkle_root(mine, root) == -1)
		return failed(a, ret);
	if (memcmp(root, c->root, MERKLE_HASH) != 0)
		return claim_is_wrong(a, claim, mine, ret);
	if (found_true(a, c->size, ret) == -1)
		return -1;
	snprintf(a->proof, sizeof(a->proof), "%.*s", (int)sizeof(a->proof) - 1,
	    claim->file);
	return 0;
}

int
examine_claims(struct auditor *a, struct fault *ret)
{
	struct claims *c = &a->claims;
	struct merkle mine;

	for (; c->checked && a->next_claim < c->count; a->next_claim++) {
		const struct claim *claim = c->list[a->next_claim];
		uint64_t size = claim->parsed.checkpoint.size;

		if (size > a->follower.last.seq)
			return 0;
		switch (window_tree(&a->window, size, UINT64_MAX, &mine)) {
		case WINDOW_OK:
			if (examine_claim(a, claim, &mine, ret) == -1)
				return -1;
			break;
		case WINDOW_UNKNOWN:
			return 0;
		case WINDOW_GONE:
			a->missed = claim;
			break;
		case WINDOW_FAILED:
			return failed(a, ret);
		}
	}
	return 0;
}

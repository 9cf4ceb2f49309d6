/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/auditor.h"

#include <string.h>

#include "audit/examine.h"
#include "audit/scan.h"
#include "audit/seal.h"
#include "audit/verify.h"

void
auditor_init(struct auditor *a)
{
	memset(a, 0, sizeof(*a));
}

void
auditor_release(struct auditor *a)
{
	window_release(&a->window);
	claims_release(&a->claims);
}

static int
make_link(const struct record_slices *slices, const char *line, size_t len,
    struct link *ret)
{
	ret->seq = slices->seq;
	memcpy(ret->prev, slices->value[slices->count - 1].at, RECORD_HASH - 1);
	ret->prev[RECORD_HASH - 1] = '\0';
	return record_hash(line, len, ret->hash);
}

/* A record that belongs to the chain. */
static int
take(struct auditor *a, const struct record_slices *slices, const char *line,
    size_t len, struct fault *ret)
{
	const struct link *here = &a->follower.last;

	if (a->follower.records == 1) {
		window_init(&a->window, here->seq - 1);
		if (a->claims.keys > 0 && claims_check(&a->claims, ret) == -1)
			return -1;
	}
	if (window_add(&a->window, line, len, here->place) == -1)
		return fault_set(ret, FAULT_INTERNAL, here->place, here->seq,
		    here->seq, "no memory, or SHA-256 failed");
	if (slice_is(&slices->event, SEAL_EVENT)) {
		a->seals++;
		if (examine_record(a, slices, ret) == -1)
			return -1;
	}
	return examine_claims(a, ret);
}

int
auditor_record(struct auditor *a, const char *line, size_t len,
    struct record_place place, struct fault *ret)
{
	struct record_slices slices;
	struct link here = { .place = place };
	struct text_error err;

	if (record_scan(line, len, &slices, &err) == -1)
		return auditor_no_record(a, place, err.what, ret);
	if (make_link(&slices, line, len, &here) == -1)
		return fault_set(ret, FAULT_INTERNAL, place, slices.seq,
		    slices.seq, "SHA-256 failed");
	switch (follow_next(&a->follower, &here, ret)) {
	case FOLLOW_LINKED:
		return take(a, &slices, line, len, ret);
	case FOLLOW_HELD:
		return 0;
	case FOLLOW_BROKEN:
		break;
	}
	return -1;
}

/* "seq 7: what": the number is in the fault. */
static const char *
without_seq(const char *why)
{
	const char *colon = strchr(why, ':');

	return strncmp(why, "seq ", 4) == 0 && colon != NULL ? colon + 2 : why;
}

int
auditor_no_record(struct auditor *a, struct record_place place, const char *why,
    struct fault *ret)
{
	uint64_t due = a->follower.records > 0 ? a->follower.last.seq + 1 : 0;

	if (follow_end(&a->follower, ret) == -1)
		return -1;
	return fault_set(
	    ret, FAULT_LINE, place, due, due, "%s", without_seq(why));
}

static int
no_key(const struct auditor *a, struct fault *ret)
{
	struct record_place place = { a->claims.list[0]->file, 0 };

	return fault_set(ret, FAULT_UNCHECKED, place, 0, 0,
	    "no audit key is known to check it with");
}

/* A claim for more than there is, or about what cannot be known. */
static int
claim_left(
    const struct auditor *a, const struct claim *claim, struct fault *ret)
{
	const struct link *last = &a->follower.last;
	struct record_place place = { claim->file, 0 };
	uint64_t size = claim->parsed.checkpoint.size;

	if (size > last->seq)
		return fault_set(ret, FAULT_TRUNCATED, last->place,
		    last->seq + 1, size,
		    "the log ends at seq %ju, but the checkpoint %.128s covers "
		    "%ju (proven are the first %ju)",
		    (uintmax_t)last->seq, claim->file, (uintmax_t)size,
		    (uintmax_t)a->covered);
	return fault_set(ret, FAULT_UNCHECKED, place, 0, size,
	    "it cannot be checked: nothing tells what the tree of %ju records "
	    "was, as these begin at seq %ju",
	    (uintmax_t)size, (uintmax_t)a->follower.first);
}

int
auditor_end(struct auditor *a, struct fault *ret)
{
	struct claims *c = &a->claims;
	struct record_place nowhere = { NULL, 0 };

	if (follow_end(&a->follower, ret) == -1)
		return -1;
	if (c->count > 0 && c->keys == 0)
		return no_key(a, ret);
	if (claims_check(c, ret) == -1 || examine_claims(a, ret) == -1)
		return -1;
	if (a->doubt != NULL) {
		*ret = a->doubt_fault;
		return -1;
	}
	if (a->next_claim < c->count)
		return claim_left(a, c->list[a->next_claim], ret);
	if (a->missed != NULL)
		return claim_left(a, a->missed, ret);
	if (c->keys_given && a->covered == 0)
		return fault_set(ret, FAULT_UNCHECKED, nowhere, 0, 0,
		    "no checkpoint by a given key covers these records");
	return 0;
}

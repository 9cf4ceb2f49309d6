/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following a chain as verify.h does, and saying which record is the bad one
 * where it breaks: the record behind the break is heard as a witness.
 */
#ifndef CS_AUDIT_FOLLOW_H
#define CS_AUDIT_FOLLOW_H

#include <stdbool.h>

#include "audit/fault.h"
#include "audit/record.h"

/* One record of the chain. */
struct link {
	uint64_t seq;
	char prev[RECORD_HASH]; /* as it says */
	char hash[RECORD_HASH]; /* its own */
	struct record_place place;
};

struct follower {
	uint64_t records; /* that are linked to each other */
	uint64_t first; /* seq of the first of them */
	struct link last; /* of them */
	struct link held; /* does not follow it ... */
	bool holding; /* ... and waits for the next one */
};

enum follow {
	FOLLOW_LINKED,
	FOLLOW_HELD, /* ask again with the next record, or follow_end */
	FOLLOW_BROKEN, /* ret says where */
};

/* All zeros is a follower that may begin anywhere. */
enum follow follow_next(
    struct follower *, const struct link *, struct fault *ret);
/* No record follows: 0, or -1 with what is wrong. */
int follow_end(struct follower *, struct fault *ret);

#endif

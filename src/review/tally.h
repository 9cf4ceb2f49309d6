/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts by name: a row for each principal, key, source and so on.
 *
 * Names come from records, some of them from strangers: a tally has a
 * ceiling, and what finds no room is counted in one more row, `rest'.
 */
#ifndef CS_REVIEW_TALLY_H
#define CS_REVIEW_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TALLY_ROWS 65536
#define TALLY_NAME 1024

enum tally_count {
	TALLY_SIGNED,
	TALLY_REFUSED,
	TALLY_FAILED,
	TALLY_LOGINS,
	TALLY_BAD_LOGINS,
	TALLY_OUTSIDE, /* signatures out of hours ... */
	TALLY_CLOSED, /* ... of which on days without any hours */
	TALLY_OTHER,
	TALLY_COUNTS,
};

struct row {
	const char *name;
	char *detail; /* what else is known of it, or NULL */
	uint64_t count[TALLY_COUNTS];
	uint64_t first_us, last_us; /* of what was counted */
	uint64_t distinct;
	uint32_t id; /* no other row of any tally of a report has it */
	bool before; /* it occurred before the period */
};

struct tally {
	void *root; /* of <search.h>: no name makes it slow */
	struct row **rows; /* by appearance */
	size_t count, room, max;
	uint32_t first_id;
	struct row rest; /* named "(others)" */
};

void tally_init(struct tally *, uint32_t first_id);
void tally_release(struct tally *);
/* Never NULL; the row stays where it is. */
struct row *tally_row(struct tally *, const char *name);
/* One row for several words; a tab is between them, and in no word. */
struct row *tally_join(
    struct tally *, const char *a, const char *b, const char *c);
/* The part that comes after so many tabs; ret is terminated. */
const char *tally_part(
    const struct row *, unsigned part, char ret[static TALLY_NAME]);

void row_count(struct row *, enum tally_count, uint64_t time_us);
void row_detail(struct row *, const char *);
uint64_t row_sum(const struct row *);

/*
 * The rows in which something was counted, the largest sum first (`rest' is
 * the last, if it has any): their number, and a list to free, or NULL.
 */
size_t tally_sorted(const struct tally *, const struct row ***ret);

#endif

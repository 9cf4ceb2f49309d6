/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the signer for records again: `ssh DESTINATION log since SEQ', and
 * when to do so.
 *
 * TCP tells a sender nothing about what its peer has read: what is under way
 * when a connection or a process dies is gone, up to megabytes of it.  The
 * signer still has it.
 */
#ifndef CS_REVIEW_STORE_ASK_H
#define CS_REVIEW_STORE_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "review/store_feed.h"

/* A gap this old is no record that merely came late. */
#define ASK_PATIENCE_US UINT64_C(2000000)
/* ssh is ended when it says nothing for so long, or runs for so long. */
#define ASK_SILENCE_US UINT64_C(30000000)
#define ASK_LONGEST_US UINT64_C(3600000000)

struct ask_how {
	const char *destination; /* NULL: nobody is asked */
	char *const *options; /* for ssh, each a word of its own */
	size_t option_count;
	uint32_t interval_s; /* when nothing came for so long */
};

struct ask {
	struct ask_how how;
	pid_t pid; /* 0: none runs */
	struct feed feed;
	bool for_gap;
	uint64_t seq; /* that it asks for */
	uint64_t begun_us, heard_us;
	uint64_t idle_us; /* nothing came: ask then */
	uint64_t not_before_us; /* the last one failed */
	uint32_t back_off_s;
};

void ask_init(struct ask *, const struct ask_how *, uint64_t now_us);
/* Ends a running one. */
void ask_release(struct ask *);

/* A record came from anywhere. */
void ask_heard(struct ask *, uint64_t now_us);
/* Is it time?  UINT64_MAX: never; a later time: then, unless things change. */
uint64_t ask_when(const struct ask *, bool gap, uint64_t gap_us);
/* 0, or -1 with errno; the answer comes out of feed. */
int ask_start(struct ask *, uint64_t seq, bool for_gap, uint64_t now_us);
/* When a running one has taken too long. */
uint64_t ask_deadline(const struct ask *);
/*
 * It ended, or is ended now: its exit status (128 + signal).  good says that
 * it was of use: one that was not makes the next one later.
 */
int ask_end(struct ask *);
void ask_judge(struct ask *, bool good, uint64_t now_us);

#endif

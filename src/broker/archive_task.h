/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the archive's thread does, a slice at a time; for archive*.c.
 *
 * A task is made in the loop, and from then on the thread's alone, but while
 * an answer of its is told.
 */
#ifndef CS_BROKER_ARCHIVE_TASK_H
#define CS_BROKER_ARCHIVE_TASK_H

#include "audit/segment.h"
#include "base/text.h"
#include "broker/archive.h"

/* Bytes of the log that one turn may take. */
#define TASK_SLICE ((size_t)1 << 20)

enum turn {
	TURN_AGAIN, /* there is more to do */
	TURN_TELL, /* there is an answer */
};

struct task {
	enum turn (*run)(struct task *, struct archive_answer *ret);
	void (*free)(struct task *);
};

/* NULL: no memory.  file stays the caller's; the others are copied. */
struct task *find_new(const char *file, uint64_t last, const char *digest,
    const char *const *keys, size_t count);
struct task *read_new(const char *file, uint64_t from, uint64_t last);

struct pack_report {
	uint64_t due_s; /* wall time of the next; UINT64_MAX: none */
	unsigned packed;
	char error[256]; /* the first; "" */
};

/* Compresses what was closed so long ago; its answer is in the report. */
struct task *pack_new(const char *file, uint64_t active, uint32_t after_s);
const struct pack_report *pack_report(const struct task *);

/*
 * Opens a piece, the other form of it when that is gone (*piece says which):
 * its descriptor, or -1 with errno and reterr, which names it.
 */
int piece_open(
    const char *file, struct segment *piece, struct text_error *reterr);
/*
 * Moves fd to the beginning of a line, at or before that of seq `want', near
 * it where the piece is plain: the seq of that line.
 */
uint64_t piece_seek(int fd, const struct segment *, uint64_t want);
/* "FILE.000000000042: TEXT", without folders; -1, as text_fail. */
int piece_fail(const char *file, const struct segment *,
    struct text_error *reterr, const char *text);
/* The seq that a line says it has; 0: none. */
uint64_t line_seq(const char *line, size_t len);

enum turn task_fail(struct archive_answer *, const char *text);

#endif

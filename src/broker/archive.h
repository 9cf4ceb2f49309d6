/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread that reads old records and compresses closed pieces of the log, so
 * that the loop waits for no disk.  Jobs are done in turns, a slice each: a
 * long search holds up neither another nor a reader, and compression goes
 * only where nobody waits.
 */
#ifndef CS_BROKER_ARCHIVE_H
#define CS_BROKER_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"

/* Jobs of each kind in all, and of one owner; beyond them: busy. */
#define ARCHIVE_FINDS 24
#define ARCHIVE_OWNER_FINDS 8
#define ARCHIVE_READERS 4
#define ARCHIVE_OWNER_READERS 2
/* Lines come in runs of at most so many bytes. */
#define ARCHIVE_CHUNK ((size_t)32 << 10)

struct archive;
struct archive_job;

enum archive_status {
	ARCHIVE_LINES, /* whole lines; the next when archive_more asks */
	ARCHIVE_FOUND, /* one line, without its LF, and its seq */
	/* All were given; or, of a search: there is none. */
	ARCHIVE_END,
	ARCHIVE_GONE, /* not that far back any more; seq: the oldest there is */
	ARCHIVE_FAILED, /* text says why */
};

/* Valid during the call.  After all but ARCHIVE_LINES the job is over. */
struct archive_answer {
	enum archive_status status;
	const char *data;
	size_t len;
	uint64_t seq;
	char text[256];
};

/* From the loop, never from within the calls below. */
typedef void archive_fn(void *arg, const struct archive_answer *);

/*
 * Of the log whose `file' this is.  gate as in journal_start.  NULL with
 * errno.
 */
struct archive *archive_new(
    struct loop *, const char *file, void (*gate)(void *), void *gate_arg);
/* Waits for the slice at hand; the jobs end untold.  Accepts NULL. */
void archive_free(struct archive *);

/* Who asks, and who hears of it.  owner only tells one from another. */
struct archive_asker {
	const void *owner;
	archive_fn *fn;
	void *arg;
};

/*
 * The newest SIGN record with outcome ok that signed the digest (lower-case
 * hex) with one of the keys (copied), among those up to seq `last'.  NULL:
 * busy.
 */
struct archive_job *archive_find(struct archive *, const struct archive_asker *,
    uint64_t last, const char *digest, const char *const *keys, size_t count);
/* The records from seq `from' to seq `last', which is on disk.  NULL: busy. */
struct archive_job *archive_read(struct archive *, const struct archive_asker *,
    uint64_t from, uint64_t last);
/* After ARCHIVE_LINES, from within the callback or later. */
void archive_more(struct archive_job *);
/* Nobody waits for it any more: not told again.  Accepts NULL. */
void archive_cancel(struct archive_job *);

/*
 * The piece that is written is the one whose first record is `first': those
 * before it are closed.  At the start, and after each rotation.
 */
void archive_rotated(struct archive *, uint64_t first);
/* When a closed piece is compressed, in seconds; or COMPRESS_NEVER. */
void archive_compress_after(struct archive *, uint32_t seconds);

#endif

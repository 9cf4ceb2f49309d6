/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every verb that goes through records does: opens the files, names the
 * lines that are no records, and writes without ado when nobody reads on.
 */
#ifndef CS_CTL_LOG_READ_H
#define CS_CTL_LOG_READ_H

#include "base/buf.h"
#include "review/input.h"

enum log_next {
	LOG_NEXT,
	LOG_BAD, /* the line is no record, as reterr says */
	LOG_STOP, /* nothing more is wanted */
};

typedef enum log_next log_line_fn(
    void *arg, const struct input_line *, struct text_error *reterr);

struct log_files {
	const char *dir; /* the tree, whose log is read without any file */
	int count;
	char **files;
};

/* NULL: said why; the exit status is EX_DATAERR. */
struct input *log_open(const struct log_files *);

struct log_tally {
	uint64_t read; /* records, or what looked like them */
	uint64_t bad; /* lines that were none; each was named, up to a point */
};

/* 0, or the exit status of what could not be read, and said why. */
int log_read(
    const struct log_files *, log_line_fn *, void *arg, struct log_tally *ret);

/*
 * Writes all of it to stdout and empties it.  false: nothing more can be
 * written; said why, unless the reader simply left.
 */
bool log_write(struct buf *);
/* After log_write was false: 0 when the reader left, or the exit status. */
int log_write_status(void);

#endif

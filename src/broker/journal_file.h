/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit file itself: whole batches or nothing.  Called by one thread at a
 * time.
 */
#ifndef CS_BROKER_JOURNAL_FILE_H
#define CS_BROKER_JOURNAL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "audit/record.h"
#include "base/text.h"

struct journal_file {
	int fd;
	off_t good; /* the end of the last record that is on disk */
	bool dirty; /* more than that may be in the file */
};

/* As journal_open: 0, or -1 with reterr. */
int journal_file_open(struct journal_file *, const char *path,
    struct chain *ret, size_t *ret_torn, struct text_error *reterr);
void journal_file_close(struct journal_file *);
/* Writes and syncs: 0, or an errno after cutting the file back. */
int journal_file_append(struct journal_file *, const void *, size_t);
/* Would there be room for so many bytes?  0, or an errno. */
int journal_file_probe(struct journal_file *, size_t);

#endif

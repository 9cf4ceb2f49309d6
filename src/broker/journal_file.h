/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file that records are written to: whole batches or nothing.  Called by
 * one thread at a time.
 */
#ifndef CS_BROKER_JOURNAL_FILE_H
#define CS_BROKER_JOURNAL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct journal_file {
	int fd;
	off_t good; /* the end of the last record that is on disk */
	off_t room; /* up to where the file system has promised room */
	bool dirty; /* more than good may be in the file */
};

void journal_file_close(struct journal_file *);
/* Gives back room that was promised and is not needed any more. */
void journal_file_trim(struct journal_file *);
/* Writes and syncs: 0, or an errno after cutting the file back. */
int journal_file_append(struct journal_file *, const void *, size_t);
/* Would there be room for so many bytes?  0, or an errno. */
int journal_file_probe(struct journal_file *, size_t);

#endif

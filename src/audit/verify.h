/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following a chain of records line by line, as a stranger to who wrote it.
 */
#ifndef CS_AUDIT_VERIFY_H
#define CS_AUDIT_VERIFY_H

#include "audit/record.h"
#include "base/text.h"

struct verifier {
	struct chain chain;
	bool started; /* the first line sets seq and prev unless from_start */
	bool from_start; /* the first record must be seq 1 */
	uint64_t records;
};

void verifier_init(struct verifier *, bool from_start);

/*
 * One line without its LF: 0, or -1 (verifier untouched) with what is wrong,
 * naming the seq where it could be read (the caller knows file and line).
 */
int verify_line(
    struct verifier *, const char *line, size_t len, struct text_error *reterr);

/* Reads seq and prev out of a line, strictly: 0, or -1 with reterr. */
int record_parse(const char *line, size_t len, uint64_t *ret_seq,
    char ret_prev[RECORD_HASH], struct text_error *reterr);

/* The hash that the next record's prev must be: 0, or -1 (libcrypto failed). */
int record_hash(const char *line, size_t len, char ret[RECORD_HASH]);

/*
 * The state after the last whole line of the file at fd, reading only its
 * end.  *ret_torn is how many bytes follow that line (0: none): what a crash
 * left of a write, to be cut off by the caller.  0, or -1 with reterr when
 * the last line is no record, or when what follows it does not look like the
 * beginning of one (or zeros): then the file is somebody else's.
 */
int chain_resume(
    int fd, struct chain *ret, size_t *ret_torn, struct text_error *reterr);

#endif

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

/*
 * One line without its LF: 0, or -1 with what is wrong, naming the seq (the
 * caller knows file and line).
 */
int verify_line(struct verifier *, const char *line, size_t len,
    struct text_error *reterr);

/* Reads seq and prev out of a line, strictly: 0, or -1 with reterr. */
int record_parse(const char *line, size_t len, uint64_t *ret_seq,
    char ret_prev[RECORD_HASH], struct text_error *reterr);

/* The hash that the next record's prev must be. */
void record_hash(const char *line, size_t len, char ret[RECORD_HASH]);

/*
 * The state after the last whole line of the file at fd, reading only its
 * end.  *ret_torn is how many bytes follow that line (0: none).  0, or -1
 * with reterr when the last line is no record.
 */
int chain_resume(int fd, struct chain *ret, size_t *ret_torn,
    struct text_error *reterr);

#endif

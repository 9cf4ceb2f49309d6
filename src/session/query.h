/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A time-stamp request (RFC 3161, 2.4.1) from a stranger: read by our own
 * bounded reader of DER, to the few fields that the broker wants.  Strict:
 * what is not DER, or has more in it than we answer, is refused.
 */
#ifndef CS_SESSION_QUERY_H
#define CS_SESSION_QUERY_H

#include "wire/query.h"
#include "wire/request.h"

#define QUERY_MAX 4096 /* bytes of standard input */

struct time_query {
	enum hash hash;
	uint8_t digest[DIGEST_MAX]; /* hash_size(hash) of it */
	struct query more;
};

/* 0, or -1 with what is wrong with it. */
int query_read(const void *, size_t len, struct time_query *ret,
    char what[static MESSAGE_SIZE]);
/* The same as the line that goes to the broker. */
int query_line(
    const void *, size_t len, struct line *ret, char what[static MESSAGE_SIZE]);

#endif

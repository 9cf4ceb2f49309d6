/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Storing what comes on a pipe until its end, and asking for what did not.
 */
#ifndef CS_REVIEW_STORE_RUN_H
#define CS_REVIEW_STORE_RUN_H

#include "review/store.h"
#include "review/store_ask.h"

/*
 * What was read is on disk before more is read.  A full disk stops the
 * reading, so that whoever sends keeps what it has.  With SIGTERM, what is in
 * the pipe is still stored.  0 at its end, 1 when a record is missing or one
 * was odd, -1 with errno when the pipe cannot be read.
 */
int store_run(struct store *, int fd, const struct ask_how *,
    store_tell_fn *tell, void *tell_arg);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures as the files of a ustar archive (POSIX.1-1988): mode 0644, time
 * 0, no owner, so that the same input gives the same bytes.
 */
#ifndef CS_SESSION_TAR_H
#define CS_SESSION_TAR_H

#include "base/buf.h"
#include "wire/request.h"

/* What a receipt's name ends in, beside its signature. */
#define TAR_RECEIPT "tlog-proof"

/*
 * May NAME.EXTENSION be unpacked anywhere without harm?  False with what,
 * for absolute names, .. components, and what a header cannot hold.
 */
bool tar_name_ok(
    const char *name, const char *extension, char what[static MESSAGE_SIZE]);

/* Adds a file; its name passed tar_name_ok. */
void tar_put(struct buf *, const char *name, size_t name_len,
    const char *extension, const void *bytes, size_t len);
/* Ends the archive. */
void tar_end(struct buf *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing to channels without ever waiting and without letting libssh pile
 * up what the peer does not read.
 */
#ifndef CS_SESSION_OUTLET_H
#define CS_SESSION_OUTLET_H

#include <libssh/libssh.h>

#include "base/buf.h"

/* One connection's way out. */
struct outlet {
	ssh_session ssh;
	struct ssh_counter_struct sent; /* payload that left libssh */
	uint64_t held_until; /* of sent.out_bytes */
	bool blocked; /* keys are being exchanged: nothing was taken */
};

/* Must stay where it is: libssh counts into it. */
void outlet_init(struct outlet *, ssh_session);
/* Tries again; to be called after each poll. */
void outlet_retry(struct outlet *);
/* Something may be written right now, if the channel has window. */
bool outlet_is_open(const struct outlet *);
/*
 * Writes what may be written now, at most 32 KiB and whole lines where that
 * is possible, and consumes it.  Returns the number of bytes, or -1 when the
 * channel takes no more.
 */
int outlet_write(struct outlet *, ssh_channel, struct buf *, bool to_stderr);

#endif

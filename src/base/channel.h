/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One SOCK_SEQPACKET message at a time between two domains, descriptors
 * included.  A message is never empty: it begins with its type (wire/type.h).
 */
#ifndef CS_BASE_CHANNEL_H
#define CS_BASE_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cursor.h"

/* The largest message, and the most descriptors one carries. */
#define CHANNEL_MAX 65536
#define CHANNEL_FDS 4

enum channel_status {
	CHANNEL_OK,
	CHANNEL_AGAIN, /* nothing to read, or no room to send, right now */
	CHANNEL_CLOSED, /* the peer is gone */
	CHANNEL_BROKEN, /* a truncated message, an empty one, or an error */
};

/* Close-on-exec, non-blocking where asked. 0, or -1 with errno. */
int channel_pair(int ret[2], bool nonblocking);

/*
 * Sends one whole message, with nfds descriptors (0 to CHANNEL_FDS), which
 * stay the caller's.  Never raises SIGPIPE.
 */
enum channel_status channel_send(int fd, const void *msg, size_t len);
enum channel_status channel_send_fds(
    int fd, const void *msg, size_t len, const int *fds, size_t nfds);

/*
 * Receives one message into buf[CHANNEL_MAX] and sets the reader on it.
 * A peer may push descriptors only where they are expected: channel_recv wants
 * none, channel_recv_fds exactly 0 or nfds (1 to CHANNEL_FDS).  Others are
 * closed and the status is CHANNEL_BROKEN.  *ret_nfds is how many came; they
 * are close-on-exec and now the caller's.
 */
enum channel_status channel_recv(int fd, uint8_t *buf, struct reader *ret);
enum channel_status channel_recv_fds(int fd, uint8_t *buf, struct reader *ret,
    int *ret_fds, size_t nfds, size_t *ret_nfds);

/* Waits for input: 1 readable (or closed), 0 timed out, -1 error. */
int channel_wait(int fd, int timeout_ms);

/* The peer's uid by SO_PEERCRED: 0, or -1 with errno. */
int channel_peer(int fd, uid_t *ret_uid, pid_t *ret_pid);

#endif

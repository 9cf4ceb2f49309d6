/* SPDX-License-Identifier: Apache-2.0 */
#include "session/outlet.h"

#include <libssh/server.h>
#include <string.h>

/* What libssh puts into one packet for most peers: their 32 KiB, less the head
 * of the message. */
#define PIECE (32768 - 10)

void
outlet_init(struct outlet *o, ssh_session ssh)
{
	memset(o, 0, sizeof(*o));
	o->ssh = ssh;
	ssh_set_counters(ssh, NULL, &o->sent);
}

/*
 * Two places where libssh keeps what cannot go yet: the socket's buffer, and
 * during a key exchange a queue that has no limit.
 */
bool
outlet_is_open(const struct outlet *o)
{
	return !o->blocked && o->sent.out_bytes >= o->held_until &&
	    (ssh_get_status(o->ssh) & SSH_WRITE_PENDING) == 0;
}

void
outlet_retry(struct outlet *o)
{
	o->blocked = false;
}

/*
 * A peer that is interrupted has whole packets, so where they can they end
 * with a line.
 */
static size_t
whole_lines(const char *at, size_t len)
{
	const char *last = memrchr(at, '\n', len);

	return last != NULL ? (size_t)(last - at) + 1 : len;
}

int
outlet_write(
    struct outlet *o, ssh_channel channel, struct buf *from, bool to_stderr)
{
	size_t len = buf_len(from);
	uint32_t window = ssh_channel_window_size(channel);
	uint64_t before = o->sent.out_bytes;
	int n;

	if (len == 0 || window == 0 || !outlet_is_open(o))
		return 0;
	if (len > PIECE)
		len = PIECE;
	if (len > window)
		len = window;
	len = whole_lines(buf_at(from), len);
	n = to_stderr ?
	    ssh_channel_write_stderr(channel, buf_at(from), (uint32_t)len) :
	    ssh_channel_write(channel, buf_at(from), (uint32_t)len);
	if (n < 0)
		return -1;
	o->blocked = n == 0;
	buf_consume(from, (size_t)n);
	/* What did not leave now waits for the end of a key exchange.  Where
	 * the peer's packets are small, the first part has left. */
	if (o->sent.out_bytes - before < (uint64_t)n)
		o->held_until = before + (uint64_t)n;
	return n;
}

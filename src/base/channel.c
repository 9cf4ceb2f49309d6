/* SPDX-License-Identifier: Apache-2.0 */
#include "base/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	char space[CMSG_SPACE(CHANNEL_FDS * sizeof(int))];
	struct cmsghdr align;
};

int
channel_pair(int ret[2], bool nonblocking)
{
	int type = SOCK_SEQPACKET | SOCK_CLOEXEC;

	if (nonblocking)
		type |= SOCK_NONBLOCK;
	return socketpair(AF_UNIX, type, 0, ret);
}

static enum channel_status
status_of_errno(void)
{
	switch (errno) {
	case EAGAIN:
	case ENOBUFS:
		return CHANNEL_AGAIN;
	case EPIPE:
	case ECONNRESET:
	case ENOTCONN:
		return CHANNEL_CLOSED;
	default:
		return CHANNEL_BROKEN;
	}
}

enum channel_status
channel_send(int fd, const void *msg, size_t len)
{
	ssize_t sent;

	do
		sent = send(fd, msg, len, MSG_NOSIGNAL);
	while (sent == -1 && errno == EINTR);
	return sent == -1 ? status_of_errno() : CHANNEL_OK;
}

enum channel_status
channel_send_fds(
    int fd, const void *msg, size_t len, const int *fds, size_t nfds)
{
	union control control = { 0 };
	/* sendmsg does not write, but its iovec is not const. */
	struct iovec part = { .iov_base = (void *)(uintptr_t)msg,
		.iov_len = len };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *rights;
	ssize_t sent;

	if (nfds == 0)
		return channel_send(fd, msg, len);
	if (nfds > CHANNEL_FDS)
		return CHANNEL_BROKEN;
	header.msg_control = control.space;
	header.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
	rights = CMSG_FIRSTHDR(&header);
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(nfds * sizeof(int));
	memcpy(CMSG_DATA(rights), fds, nfds * sizeof(int));
	do
		sent = sendmsg(fd, &header, MSG_NOSIGNAL);
	while (sent == -1 && errno == EINTR);
	return sent == -1 ? status_of_errno() : CHANNEL_OK;
}

static void
close_all(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
}

/* Takes the descriptors out of a received header; at most CHANNEL_FDS. */
static size_t
take_fds(struct msghdr *header, int fds[CHANNEL_FDS])
{
	size_t count = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL;
	     c = CMSG_NXTHDR(header, c)) {
		size_t here;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		here = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		if (here > CHANNEL_FDS - count)
			here = CHANNEL_FDS - count;
		memcpy(fds + count, CMSG_DATA(c), here * sizeof(int));
		count += here;
	}
	return count;
}

/* The message, and whatever descriptors rode on it. */
static enum channel_status
receive(int fd, uint8_t *buf, struct reader *ret, int fds[CHANNEL_FDS],
    size_t *ret_nfds)
{
	union control control;
	struct iovec part = { .iov_base = buf, .iov_len = CHANNEL_MAX };
	struct msghdr header = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space) };
	ssize_t got;

	*ret_nfds = 0;
	do
		got = recvmsg(fd, &header, MSG_CMSG_CLOEXEC);
	while (got == -1 && errno == EINTR);
	if (got == -1)
		return status_of_errno();
	*ret_nfds = take_fds(&header, fds);
	if (got == 0 && *ret_nfds == 0)
		return CHANNEL_CLOSED;
	if (got == 0 || (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
		close_all(fds, *ret_nfds);
		*ret_nfds = 0;
		return CHANNEL_BROKEN;
	}
	reader_init(ret, buf, (size_t)got);
	return CHANNEL_OK;
}

enum channel_status
channel_recv(int fd, uint8_t *buf, struct reader *ret)
{
	int fds[CHANNEL_FDS];
	size_t count;
	enum channel_status status = receive(fd, buf, ret, fds, &count);

	if (status != CHANNEL_OK || count == 0)
		return status;
	close_all(fds, count);
	return CHANNEL_BROKEN;
}

enum channel_status
channel_recv_fds(int fd, uint8_t *buf, struct reader *ret, int *ret_fds,
    size_t nfds, size_t *ret_nfds)
{
	int fds[CHANNEL_FDS];
	size_t count;
	enum channel_status status = receive(fd, buf, ret, fds, &count);

	*ret_nfds = 0;
	if (status != CHANNEL_OK)
		return status;
	if (count != 0 && count != nfds) {
		close_all(fds, count);
		return CHANNEL_BROKEN;
	}
	if (count != 0)
		memcpy(ret_fds, fds, count * sizeof(int));
	*ret_nfds = count;
	return CHANNEL_OK;
}

int
channel_wait(int fd, int timeout_ms)
{
	struct pollfd want = { .fd = fd, .events = POLLIN };
	int ready = poll(&want, 1, timeout_ms);

	if (ready == -1)
		return errno == EINTR ? 0 : -1;
	return ready;
}

int
channel_peer(int fd, uid_t *ret_uid, pid_t *ret_pid)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == -1)
		return -1;
	*ret_uid = peer.uid;
	*ret_pid = peer.pid;
	return 0;
}

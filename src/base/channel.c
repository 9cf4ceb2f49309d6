/* SPDX-License-Identifier: Apache-2.0 */
#include "base/channel.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

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

	if (len == 0 || len > CHANNEL_MAX)
		return CHANNEL_BROKEN;
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
	if (nfds > CHANNEL_FDS || len == 0 || len > CHANNEL_MAX)
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

/* Both an empty message and the end read as 0, but only the end stays. */
static enum channel_status
nothing_came(int fd)
{
	struct msghdr header = { .msg_iov = NULL };
	ssize_t got;

	do
		got = recvmsg(fd, &header, MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC);
	while (got == -1 && errno == EINTR);
	if (got == -1 && status_of_errno() == CHANNEL_CLOSED)
		got = 0;
	return got == 0 ? CHANNEL_CLOSED : CHANNEL_BROKEN;
}

/* One message; what rode on it is still in the header. */
static enum channel_status
receive(int fd, uint8_t *buf, struct msghdr *header, struct reader *ret)
{
	struct iovec part = { .iov_base = buf, .iov_len = CHANNEL_MAX };
	ssize_t got;

	header->msg_iov = &part;
	header->msg_iovlen = 1;
	do
		got = recvmsg(fd, header, MSG_CMSG_CLOEXEC);
	while (got == -1 && errno == EINTR);
	header->msg_iov = NULL;
	if (got == -1) {
		header->msg_controllen = 0;
		return status_of_errno();
	}
	if ((header->msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
		return CHANNEL_BROKEN;
	if (got == 0)
		return nothing_came(fd);
	reader_init(ret, buf, (size_t)got);
	return CHANNEL_OK;
}

enum channel_status
channel_recv(int fd, uint8_t *buf, struct reader *ret)
{
	/* Without room for them the kernel drops descriptors and says so. */
	struct msghdr header = { .msg_control = NULL };

	return receive(fd, buf, &header, ret);
}

enum channel_status
channel_recv_fds(int fd, uint8_t *buf, struct reader *ret, int *ret_fds,
    size_t nfds, size_t *ret_nfds)
{
	union control control;
	struct msghdr header = { .msg_control = control.space,
		.msg_controllen = sizeof(control.space) };
	enum channel_status status;
	int fds[CHANNEL_FDS];
	size_t count;

	*ret_nfds = 0;
	status = receive(fd, buf, &header, ret);
	/* A message that is no good may have brought descriptors too. */
	count = take_fds(&header, fds);
	if (status == CHANNEL_OK && (count == 0 || count == nfds)) {
		memcpy(ret_fds, fds, count * sizeof(int));
		*ret_nfds = count;
		return CHANNEL_OK;
	}
	close_all(fds, count);
	return status == CHANNEL_OK ? CHANNEL_BROKEN : status;
}

int
channel_wait(int fd, int timeout_ms)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };
	uint64_t start = clock_mono_us();
	uint64_t past_ms;
	int left = timeout_ms, n;

	while ((n = poll(&one, 1, left)) == -1 && errno == EINTR) {
		if (timeout_ms < 0)
			continue;
		past_ms = (clock_mono_us() - start) / 1000;
		left = past_ms < (uint64_t)timeout_ms ?
		    timeout_ms - (int)past_ms :
		    0;
	}
	return n;
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

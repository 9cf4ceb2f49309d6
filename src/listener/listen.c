/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A peer that is silent so long, with data or probes unanswered, is gone. */
#define DEAD_AFTER_MS 60000
#define PROBE_AFTER_S 30
#define PROBE_EVERY_S 10

static int
set_number(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

/* Settings that accepted sockets inherit: 0, or -1 with errno. */
static int
configure(int fd)
{
	if (set_number(fd, SOL_SOCKET, SO_KEEPALIVE, 1) == -1 ||
	    set_number(fd, IPPROTO_TCP, TCP_NODELAY, 1) == -1 ||
	    set_number(fd, IPPROTO_TCP, TCP_KEEPIDLE, PROBE_AFTER_S) == -1 ||
	    set_number(fd, IPPROTO_TCP, TCP_KEEPINTVL, PROBE_EVERY_S) == -1 ||
	    set_number(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, DEAD_AFTER_MS) == -1)
		return -1;
	return 0;
}

static int
open_one(const struct listen_address *address)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	struct addrinfo *found = NULL;
	char port[8];
	int fd = -1, rv = -1, saved;

	snprintf(port, sizeof(port), "%u", (unsigned)address->port);
	if (getaddrinfo(address->host, port, &hints, &found) != 0) {
		errno = EINVAL;
		return -1;
	}
	fd = socket(
	    found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1 || set_number(fd, SOL_SOCKET, SO_REUSEADDR, 1) == -1)
		goto out;
	if (found->ai_family == AF_INET6 &&
	    set_number(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) == -1)
		goto out;
	if (configure(fd) == -1 ||
	    bind(fd, found->ai_addr, found->ai_addrlen) == -1 ||
	    listen(fd, SOMAXCONN) == -1)
		goto out;
	rv = fd;
	fd = -1;
out:
	saved = errno;
	freeaddrinfo(found);
	if (fd != -1)
		close(fd);
	errno = saved;
	return rv;
}

static int
open_configured(const struct server_conf *conf, struct listen_set *ret,
    struct text_error *reterr)
{
	int missing = 0;

	for (size_t i = 0; i < conf->listens; i++) {
		const struct listen_address *address = &conf->listen[i];
		int fd = open_one(address);

		if (fd == -1 && errno == EAFNOSUPPORT) {
			missing++;
			continue;
		}
		if (fd == -1)
			return text_fail(reterr, 0,
			    "cannot listen on %s port %u: %s", address->host,
			    (unsigned)address->port, strerror(errno));
		ret->fd[ret->count++] = fd;
	}
	if (ret->count == 0)
		return text_fail(reterr, 0, "no address to listen on%s",
		    missing > 0 ? ": the kernel lacks the protocol" : "");
	return 0;
}

/* How many sockets were passed to this very process. */
static size_t
passed(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	uint64_t ours, count;

	if (pid == NULL || fds == NULL ||
	    text_number(pid, INT32_MAX, &ours) == -1 ||
	    ours != (uint64_t)getpid() ||
	    text_number(fds, LISTEN_MAX, &count) == -1)
		count = 0;
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return (size_t)count;
}

static bool
is_listening(int fd)
{
	int value = 0;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &len) == -1 ||
	    value == 0)
		return false;
	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &value, &len) == -1)
		return false;
	return value == AF_INET || value == AF_INET6;
}

static int
take_passed(size_t count, struct listen_set *ret, struct text_error *reterr)
{
	for (size_t i = 0; i < count; i++) {
		int fd = LISTEN_FIRST_FD + (int)i;

		if (!is_listening(fd))
			return text_fail(reterr, 0,
			    "descriptor %d from LISTEN_FDS is no listening "
			    "internet socket",
			    fd);
		if (fcntl(fd, F_SETFL, O_NONBLOCK) == -1 ||
		    fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 || configure(fd) == -1)
			return text_fail(reterr, 0, "descriptor %d: %s", fd,
			    strerror(errno));
		ret->fd[ret->count++] = fd;
	}
	return 0;
}

int
listen_open(const struct server_conf *conf, struct listen_set *ret,
    struct text_error *reterr)
{
	struct listen_set set = { .count = 0 };
	size_t count = passed();
	int rv;

	rv = count > 0 ? take_passed(count, &set, reterr) :
			 open_configured(conf, &set, reterr);
	if (rv == -1)
		listen_close(&set);
	else
		*ret = set;
	return rv;
}

void
listen_close(struct listen_set *set)
{
	while (set->count > 0)
		close(set->fd[--set->count]);
}

bool
listen_peer(const struct sockaddr_storage *from, char *ret, size_t size,
    uint16_t *ret_port)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	if (from->ss_family == AF_INET) {
		memcpy(&v4, from, sizeof(v4));
	} else if (from->ss_family == AF_INET6) {
		memcpy(&v6, from, sizeof(v6));
		*ret_port = ntohs(v6.sin6_port);
		if (!IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
			return inet_ntop(AF_INET6, &v6.sin6_addr, ret,
				   (socklen_t)size) != NULL;
		memcpy(&v4.sin_addr, &v6.sin6_addr.s6_addr[12], 4);
		v4.sin_port = v6.sin6_port;
	} else {
		return false;
	}
	*ret_port = ntohs(v4.sin_port);
	return inet_ntop(AF_INET, &v4.sin_addr, ret, (socklen_t)size) != NULL;
}

void
listen_name(int fd, char *ret, size_t size)
{
	struct sockaddr_storage ours = { 0 };
	socklen_t len = sizeof(ours);
	char host[ADDRESS_SIZE];
	uint16_t port;

	if (getsockname(fd, (struct sockaddr *)&ours, &len) == -1 ||
	    !listen_peer(&ours, host, sizeof(host), &port))
		text_copy(ret, size, "an unknown address");
	else
		snprintf(ret, size, "%s port %u", host, (unsigned)port);
}

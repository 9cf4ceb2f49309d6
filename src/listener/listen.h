/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listening sockets: those that the service manager passed, or one for
 * each configured address.
 *
 * What every connection needs (no Nagle, dead peers noticed) is set on the
 * listening socket: accepted sockets inherit it, at no cost per connection.
 */
#ifndef CS_LISTENER_LISTEN_H
#define CS_LISTENER_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/text.h"
#include "policy/tree.h"

#define LISTEN_FIRST_FD 3 /* as sd_listen_fds(3) */

struct listen_set {
	int fd[LISTEN_MAX];
	size_t count;
};

/*
 * LISTEN_FDS when it is ours, otherwise conf's addresses.  An address family
 * that the kernel does not have is passed over while another is left.  0, or
 * -1 with reterr->what.
 */
int listen_open(const struct server_conf *, struct listen_set *ret,
    struct text_error *reterr);
void listen_close(struct listen_set *);

/* A peer's numeric address (IPv4-mapped as IPv4) and port. */
bool listen_peer(const struct sockaddr_storage *, char *ret, size_t size,
    uint16_t *ret_port);
/* "127.0.0.1 port 40123", for people. */
void listen_name(int fd, char *ret, size_t size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/accept.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/clock.h"
#include "base/log.h"
#include "listener/control.h"

/* Connections taken before other sources get their turn. */
#define ROUND 16
/* Without descriptors or memory, we look again after this time. */
#define PAUSE_US 100000
/* Refused connections are a flood by nature: one line in this time. */
#define COMPLAIN_US 10000000

static void
complain(struct listener *l, const char *why, const char *address)
{
	uint64_t now = clock_mono_us();

	if (now < l->complain_us) {
		l->unsaid++;
		return;
	}
	log_warn("refused a connection from %s: %s (%llu more since the last "
		 "such line)",
	    address, why, (unsigned long long)l->unsaid);
	l->complain_us = now + COMPLAIN_US;
	l->unsaid = 0;
}

static void
listen_to(struct listener *l, bool yes)
{
	for (size_t i = 0; i < l->sockets.count; i++) {
		if (l->accepting[i] != NULL)
			loop_events(l->accepting[i], yes ? EPOLLIN : 0);
	}
}

static void
pause_over(void *arg)
{
	struct listener *l = arg;

	if (!l->handover.held)
		listen_to(l, true);
}

static void
pause_accepting(struct listener *l)
{
	listen_to(l, false);
	loop_timer_set(l->pause, clock_mono_us() + PAUSE_US);
}

static enum channel_status
tell_broker(const struct listener *l)
{
	const struct handover *h = &l->handover;
	uint8_t space[256];
	struct writer w;

	writer_init(&w, space, sizeof(space));
	session_new_put(&w, &h->peer);
	return channel_send_fds(l->broker, w.start, w.used, &h->ends[0], 1);
}

static enum channel_status
tell_parent(const struct listener *l)
{
	const struct handover *h = &l->handover;
	const struct server_conf *conf = l->conf;
	const struct session_start start = {
		.connection = h->peer.connection,
		.login_grace_ms = conf->login_grace * 1000,
		.idle_ms = conf->idle_timeout * 1000,
		.channels = (uint16_t)conf->channels,
		.rekey_kib = conf->rekey_kib,
		.rekey_s = conf->rekey_interval,
	};
	const int fds[] = { h->fd, h->ends[1] };
	uint8_t space[256];
	struct writer w;

	writer_init(&w, space, sizeof(space));
	session_start_put(&w, &start);
	return channel_send_fds(l->parent, w.start, w.used, fds, 2);
}

static void
let_go(struct handover *h)
{
	close(h->fd);
	close(h->ends[0]);
	close(h->ends[1]);
	h->held = h->told = false;
}

/* As far as there is room; a process that is gone is SIGCHLD's business. */
static void
hand_over(struct listener *l)
{
	struct handover *h = &l->handover;
	enum channel_status status = CHANNEL_OK;

	if (!h->told && (status = tell_broker(l)) == CHANNEL_OK)
		h->told = true;
	if (h->told)
		status = tell_parent(l);
	if (status == CHANNEL_AGAIN)
		return;
	if (status != CHANNEL_OK)
		throttle_gone(l->throttle, h->peer.connection);
	let_go(h);
}

void
accept_resume(struct listener *l)
{
	if (!l->handover.held)
		return;
	hand_over(l);
	if (!l->handover.held)
		listen_to(l, true);
	control_update(l);
}

static void
admit(struct listener *l, int fd, const struct sockaddr_storage *from)
{
	struct handover *h = &l->handover;
	struct session_new peer = { .connection = ++l->connections };
	enum throttle_verdict verdict;

	if (!listen_peer(
		from, peer.address, sizeof(peer.address), &peer.port)) {
		close(fd); /* it was reset before we looked */
		return;
	}
	verdict = throttle_admit(l->throttle, peer.connection, peer.address);
	if (verdict != THROTTLE_OK) {
		complain(l, throttle_text(verdict), peer.address);
		close(fd);
		return;
	}
	if (channel_pair(h->ends, true) == -1) {
		complain(l, strerror(errno), peer.address);
		throttle_gone(l->throttle, peer.connection);
		close(fd);
		pause_accepting(l);
		return;
	}
	h->held = true;
	h->told = false;
	h->fd = fd;
	h->peer = peer;
	hand_over(l);
}

static void
connection_ready(void *arg, uint32_t events)
{
	struct listener *l = arg;

	(void)events;
	/* Which socket it was does not matter: each gets a turn. */
	for (int i = 0; i < ROUND && !l->handover.held; i++) {
		struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
		socklen_t len = sizeof(from);
		int fd = -1;

		for (size_t s = 0; fd == -1 && s < l->sockets.count; s++)
			fd = accept4(l->sockets.fd[s], (struct sockaddr *)&from,
			    &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd != -1) {
			admit(l, fd, &from);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM) {
			complain(l, strerror(errno), "somebody");
			pause_accepting(l);
		}
		break;
	}
	if (l->handover.held) {
		listen_to(l, false);
		control_update(l);
	}
}

int
accept_open(struct listener *l)
{
	if ((l->pause = loop_timer_new(l->loop, pause_over, l)) == NULL)
		return -1;
	for (size_t i = 0; i < l->sockets.count; i++) {
		l->accepting[i] = loop_add(
		    l->loop, l->sockets.fd[i], EPOLLIN, connection_ready, l);
		if (l->accepting[i] == NULL)
			return -1;
	}
	return 0;
}

void
accept_close(struct listener *l)
{
	for (size_t i = 0; i < l->sockets.count; i++) {
		loop_remove(l->accepting[i]);
		l->accepting[i] = NULL;
	}
	listen_close(&l->sockets);
	if (l->handover.held)
		let_go(&l->handover);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/admin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/governed.h"
#include "broker/owners.h"
#include "broker/peer.h"
#include "broker/reload.h"
#include "broker/service.h"
#include "broker/surface.h"
#include "policy/compare.h"
#include "wire/admin.h"

/* Of one user that is not root: none keeps others out. */
#define OWNER_PEERS_MAX 2
/* Between two lines of the log about users that are not heard. */
#define REFUSED_US 1000000u

struct admin_peer {
	struct admin *admin;
	struct admin_peer *next;
	struct peer *peer;
	uint64_t number;
	uid_t uid;
	bool waits;
};

struct admin {
	struct service *service;
	struct loop_source *source;
	int fd;
	int dir; /* O_PATH: paths of sockets are short, ours may be long */
	struct admin_peer *peers;
	unsigned count;
	uint64_t last; /* number given to a peer */
	uint64_t refused_us; /* when the log was told of somebody */
	struct owners owners;
};

static int
open_socket(struct admin *a)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int rv;

	snprintf(address.sun_path, sizeof(address.sun_path),
	    "/proc/self/fd/%d/admin.sock", a->dir);
	a->fd =
	    socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (a->fd == -1)
		return -1;
	/* Left behind by a crash; the audit file's lock keeps others away. */
	if (unlinkat(a->dir, "admin.sock", 0) == -1 && errno != ENOENT)
		return -1;
	mask = umask(0111);
	rv = bind(a->fd, (struct sockaddr *)&address, sizeof(address));
	umask(mask);
	return rv == -1 ? -1 : listen(a->fd, ADMIN_PEERS);
}

struct admin *
admin_new(const char *run_dir, struct text_error *reterr)
{
	struct admin *a = calloc(1, sizeof(*a));

	if (a == NULL) {
		text_fail(reterr, 0, "no memory");
		return NULL;
	}
	a->fd = -1;
	a->dir = open(run_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (a->dir == -1 || open_socket(a) == -1) {
		text_fail(reterr, 0, "%s", strerror(errno));
		admin_free(a);
		return NULL;
	}
	return a;
}

static void
drop(struct admin_peer *p)
{
	struct admin_peer **at = &p->admin->peers;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	p->admin->count--;
	peer_free(p->peer);
	free(p);
}

void
admin_free(struct admin *a)
{
	if (a == NULL)
		return;
	while (a->peers != NULL)
		drop(a->peers);
	loop_remove(a->source);
	if (a->fd != -1) {
		close(a->fd);
		unlinkat(a->dir, "admin.sock", 0);
	}
	if (a->dir != -1)
		close(a->dir);
	free(a);
}

static void
on_gone(void *arg, const char *why)
{
	struct admin_peer *p = arg;

	if (why != NULL)
		log_warn("the admin's connection is dropped: %s", why);
	reload_forget(p->admin->service->reload, p);
	drop(p);
}

static const struct peer_kind admin_kind = {
	.name = "countersignctl",
	.surface = admin_surface,
	.queue_max = 8u << 20,
	.gone = on_gone,
};

static unsigned
role_of(const struct admin *a, uid_t uid)
{
	unsigned role = uid == 0 || uid == geteuid() ? ADMIN_ROOT : 0;

	if (owns_tenant(a->service->tree, uid))
		role |= ADMIN_OWNER;
	return role;
}

/* Has the user as many connections as it may have?  Root needs one always. */
static bool
is_full(const struct admin *a, uid_t uid)
{
	unsigned own = 0, others = 0;

	if ((role_of(a, uid) & ADMIN_ROOT) != 0)
		return a->count >= ADMIN_PEERS;
	for (const struct admin_peer *p = a->peers; p != NULL; p = p->next) {
		own += p->uid == uid;
		others += (role_of(a, p->uid) & ADMIN_ROOT) == 0;
	}
	return own >= OWNER_PEERS_MAX || others >= ADMIN_PEERS / 2;
}

static void
tell_refused(struct admin *a, uid_t uid, pid_t pid)
{
	uint64_t now = clock_mono_us();

	if (a->refused_us != 0 && now - a->refused_us < REFUSED_US)
		return;
	a->refused_us = now;
	log_warn("user %u (process %d) may not ask for anything here",
	    (unsigned)uid, (int)pid);
}

static bool
may_ask(struct admin *a, int fd, uid_t *ret)
{
	pid_t pid;

	if (channel_peer(fd, ret, &pid) == -1)
		return false;
	if (role_of(a, *ret) != 0)
		return !is_full(a, *ret);
	tell_refused(a, *ret, pid);
	return false;
}

static void
welcome(struct admin *a, int fd)
{
	struct admin_peer *p;
	uid_t uid;

	if (!may_ask(a, fd, &uid) || (p = calloc(1, sizeof(*p))) == NULL) {
		close(fd);
		return;
	}
	p->admin = a;
	p->number = ++a->last;
	p->uid = uid;
	p->peer = peer_new(a->service->loop, fd, &admin_kind, p);
	if (p->peer == NULL) {
		free(p);
		return;
	}
	p->next = a->peers;
	a->peers = p;
	a->count++;
}

static void
on_connection(void *arg, uint32_t events)
{
	struct admin *a = arg;
	int fd = accept4(a->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd != -1)
		welcome(a, fd);
}

int
admin_start(struct admin *a, struct service *service)
{
	a->service = service;
	a->source = loop_add(service->loop, a->fd, EPOLLIN, on_connection, a);
	return a->source != NULL ? 0 : -1;
}

struct service *
admin_service(const struct admin_peer *p)
{
	return p->admin->service;
}

unsigned
admin_role(const struct admin_peer *p)
{
	return role_of(p->admin, p->uid);
}

uid_t
admin_uid(const struct admin_peer *p)
{
	return p->uid;
}

uint32_t
admin_reload_wait(struct admin_peer *p)
{
	if ((admin_role(p) & ADMIN_ROOT) != 0)
		return 0;
	return owners_reload(&p->admin->owners, p->uid, clock_mono_us());
}

void
admin_charge(struct admin *a, const struct changes *changes)
{
	uint64_t now = clock_mono_us();
	size_t i = 0, first;

	/* Those of one tenant come one after another. */
	while ((first = i) < changes->count) {
		const struct tenant *t = change_tenant(&changes->list[i]);

		while (
		    i < changes->count && change_tenant(&changes->list[i]) == t)
			i++;
		if (t != NULL && t->has_uid)
			owners_changed(&a->owners, t->uid, i - first, now);
	}
}

bool
admin_may_order(struct admin_peer *p)
{
	return (admin_role(p) & ADMIN_ROOT) != 0 ||
	    owners_may_order(&p->admin->owners, p->uid, clock_mono_us());
}

void
admin_name(const struct admin_peer *p, char ret[static NAME_SIZE])
{
	if (p->uid == 0)
		snprintf(ret, NAME_SIZE, "root");
	else
		snprintf(ret, NAME_SIZE, "uid %u", (unsigned)p->uid);
}

uint64_t
admin_wait(struct admin_peer *p)
{
	p->waits = true;
	peer_state(p->peer, ADMIN_WAITING);
	return p->number;
}

struct admin_peer *
admin_waiting(const struct admin *a, uint64_t number)
{
	struct admin_peer *p = a->peers;

	while (p != NULL && (p->number != number || !p->waits))
		p = p->next;
	return p;
}

static void
send_text(struct admin_peer *p, struct admin_reply reply, const char *text)
{
	size_t left = strlen(text);
	bool last = reply.last;

	do {
		struct writer w = service_writer(p->admin->service);

		reply.bytes = (const uint8_t *)text;
		reply.len = left < WIRE_CHUNK ? left : WIRE_CHUNK;
		text += reply.len;
		left -= reply.len;
		reply.last = last && left == 0;
		admin_reply_put(&w, &reply);
		peer_send(p->peer, &w);
	} while (left > 0);
}

void
admin_say(struct admin_peer *p, const char *text)
{
	send_text(p, (struct admin_reply){ .last = false }, text);
}

void
admin_answer(struct admin_peer *p, uint8_t exit, const char *text)
{
	send_text(p,
	    (struct admin_reply){
		.last = true, .exit = exit, .to_stderr = exit != 0 },
	    text);
	p->waits = false;
	peer_state(p->peer, ADMIN_ASKING);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "session/connection.h"

#include <libssh/callbacks.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "session/farewell.h"
#include "session/surface.h"

/* How long commands may take to end once the broker ended the connection. */
#define LEAVE_US 1000000
/* A client that takes its answers may be slow, or its host busy. */
#define PATIENT_US 5000000

/* The end of a key exchange comes without an event of its own. */
#define KEYS_RETRY_US 10000

void
connection_end(struct connection *c, const char *text)
{
	if (c->over)
		return;
	c->over = true;
	text_copy(c->farewell, sizeof(c->farewell), text);
}

void
connection_leave(struct connection *c, const char *text, bool patient)
{
	c->patient = patient;
	c->leave_us = c->common.now_us + LEAVE_US;
	text_copy(c->farewell, sizeof(c->farewell), text);
}

struct exchange *
connection_find(struct connection *c, uint32_t number)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->exchanges[i]->number == number)
			return c->exchanges[i];
	return NULL;
}

static int
on_key(ssh_session ssh, const char *user, struct ssh_key_struct *key,
    char state, void *arg)
{
	struct connection *c = arg;

	(void)ssh;
	return login_key(&c->login, user, key, state);
}

/* NULL refuses the channel. */
static ssh_channel
on_channel(ssh_session ssh, void *arg)
{
	struct connection *c = arg;
	struct exchange *x;

	(void)ssh;
	if (!c->login.done || c->over || c->leave_us != 0 ||
	    c->count >= c->start.channels || c->count >= CONNECTION_CHANNELS)
		return NULL;
	if ((x = exchange_new(&c->common)) == NULL)
		return NULL;
	c->exchanges[c->count++] = x;
	c->common.again = true;
	return x->ssh;
}

/*
 * Without an answer here libssh hands the request to libkrb5, which reads
 * files and asks resolvers for a peer that nobody knows yet.
 */
static ssh_string
on_gssapi(ssh_session ssh, const char *user, int n, ssh_string *oids, void *arg)
{
	(void)ssh, (void)user, (void)n, (void)oids, (void)arg;
	return NULL;
}

static int
on_broker(socket_t fd, int revents, void *arg)
{
	struct connection *c = arg;

	(void)fd;
	if ((revents & ~POLLOUT) != 0)
		c->broker_ready = true;
	return 0;
}

/* Asks to be told about room only while something waits for it. */
static int
watch_broker(struct connection *c, bool wants_room)
{
	struct link *link = &c->common.link;
	short events = POLLIN;

	if (c->wants_room == wants_room)
		return 0;
	if (wants_room)
		events |= POLLOUT;
	c->wants_room = wants_room;
	ssh_event_remove_fd(c->event, link->fd);
	return ssh_event_add_fd(c->event, link->fd, events, on_broker, c) ==
		SSH_OK ?
	    0 :
	    -1;
}

/*
 * A client that waits for an answer before it sends the rest is held up by
 * Nagle's algorithm until our kernel acknowledges; so it does that at once.
 */
static void
acknowledge(const struct connection *c)
{
	int on = 1;

	setsockopt(c->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

static void
work_login(struct connection *c)
{
	enum reason reason = login_check(&c->login, c->common.now_us);

	if (c->login.sent_away)
		connection_end(c, c->login.logout.text);
	else if (reason != REASON_OK)
		connection_end(c, reason_text(reason));
	else if (c->login.done)
		login_unwatch();
}

static void
reap(struct connection *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->count; i++) {
		struct exchange *x = c->exchanges[i];

		if (exchange_is_over(x))
			exchange_free(x);
		else
			c->exchanges[kept++] = x;
	}
	c->count = kept;
}

/* Each round another one is first, so that none is always last. */
static void
work_exchanges(struct connection *c)
{
	size_t count = c->count;

	for (size_t i = 0; i < count; i++) {
		struct exchange *x = c->exchanges[(c->turn + i) % count];

		exchange_work(x);
		c->served = c->served || x->state != EXCHANGE_OPENED;
	}
	c->turn++;
	reap(c);
	for (size_t i = 0; i < c->count; i++)
		if (exchange_wants(c->exchanges[i]))
			c->common.again = true;
}

/* What is on its way to a client that reads it may arrive. */
static uint64_t
leave_at(const struct connection *c)
{
	uint64_t silent = c->traffic_us + PATIENT_US;

	return c->patient && silent > c->leave_us ? silent : c->leave_us;
}

static void
check_idle(struct connection *c)
{
	uint64_t idle_us = (uint64_t)c->start.idle_ms * 1000;

	if (c->leave_us != 0 &&
	    (c->count == 0 || c->common.now_us >= leave_at(c)))
		connection_end(c, c->farewell);
	else if (c->login.done && c->count == 0 && idle_us != 0 &&
	    c->common.now_us - c->traffic_us >= idle_us)
		connection_end(c, "idle for too long");
}

/* What a round of events asks for.  False: the broker let us down. */
static bool
work(struct connection *c)
{
	struct common *common = &c->common;

	common->again = false;
	if (!c->served)
		acknowledge(c);
	link_flush(&common->link);
	if (c->broker_ready) {
		c->broker_ready = false;
		if (!surface_receive(c))
			return false;
	}
	if (!c->login.done || c->login.dropped || c->login.requests > 0)
		work_login(c);
	work_exchanges(c);
	if (common->broken != NULL)
		connection_end(c, common->broken);
	check_idle(c);
	return !common->link.gone &&
	    watch_broker(c, !link_is_ready(&common->link)) == 0;
}

static bool
is_connected(const struct connection *c)
{
	return ssh_is_connected(c->common.ssh) &&
	    (ssh_get_status(c->common.ssh) & (SSH_CLOSED | SSH_CLOSED_ERROR)) ==
	    0;
}

static void
sooner(uint64_t *when, uint64_t other)
{
	if (other < *when)
		*when = other;
}

static int
timeout_ms(const struct connection *c)
{
	uint64_t when = UINT64_MAX, now = c->common.now_us;

	/* A write may have met the peer's end, which no poll tells twice. */
	if (c->common.again || !is_connected(c))
		return 0;
	if (c->leave_us != 0)
		sooner(&when, leave_at(c));
	if (c->common.outlet.blocked)
		sooner(&when, now + KEYS_RETRY_US);
	if (!c->login.done)
		sooner(&when, c->login.deadline_us);
	else if (c->count == 0 && c->start.idle_ms != 0)
		sooner(
		    &when, c->traffic_us + (uint64_t)c->start.idle_ms * 1000);
	for (size_t i = 0; i < c->count; i++)
		sooner(&when, exchange_deadline(c->exchanges[i]));
	if (when == UINT64_MAX)
		return -1;
	if (when <= now)
		return 0;
	if ((when - now) / 1000 >= INT32_MAX)
		return INT32_MAX;
	return (int)((when - now) / 1000) + 1;
}

static int
begin(struct connection *c)
{
	struct link *link = &c->common.link;

	c->callbacks.userdata = c;
	c->callbacks.auth_pubkey_function = on_key;
	c->callbacks.channel_open_request_session_function = on_channel;
	c->callbacks.gssapi_select_oid_function = on_gssapi;
	ssh_callbacks_init(&c->callbacks);
	if (ssh_set_server_callbacks(c->common.ssh, &c->callbacks) != SSH_OK ||
	    (c->event = ssh_event_new()) == NULL)
		return -1;
	/*
	 * Once, without waiting: a blocking exchange never returns when the
	 * client sends its first requests in the same segment.
	 */
	if (ssh_handle_key_exchange(c->common.ssh) == SSH_ERROR)
		return -1;
	if (ssh_event_add_session(c->event, c->common.ssh) != SSH_OK ||
	    ssh_event_add_fd(c->event, link->fd, POLLIN, on_broker, c) !=
		SSH_OK)
		return -1;
	return 0;
}

static void
init(struct connection *c, ssh_session ssh, int fd, int broker,
    const struct session_start *start)
{
	c->common.next_number = 1;
	c->start = *start;
	c->fd = fd;
	c->common.ssh = ssh;
	c->common.idle_ms = start->idle_ms;
	c->common.now_us = c->traffic_us = clock_mono_us();
	link_init(&c->common.link, broker);
	outlet_init(&c->common.outlet, ssh);
	login_init(&c->login, &c->common.link,
	    c->common.now_us + (uint64_t)start->login_grace_ms * 1000);
	login_watch(&c->login);
}

/* libssh's reason may hold what the peer sent. */
static void
on_lost(struct connection *c)
{
	const char *why = ssh_get_error(c->common.ssh);
	char text[256];

	text_escape(why, strlen(why), text, sizeof(text));
	log_debug("the connection is lost: %s", text);
	login_left(&c->login);
}

int
connection_serve(struct connection *c, ssh_session ssh, int fd, int broker,
    const struct session_start *start)
{
	int rc;

	init(c, ssh, fd, broker, start);
	if (begin(c) != 0)
		return -1;
	while (!c->over) {
		rc = ssh_event_dopoll(c->event, timeout_ms(c));
		c->common.now_us = clock_mono_us();
		outlet_retry(&c->common.outlet);
		if (rc != SSH_AGAIN)
			c->traffic_us = c->common.now_us;
		if (rc == SSH_ERROR || !is_connected(c)) {
			on_lost(c);
			return 0;
		}
		if (!work(c)) {
			farewell(c->event, ssh, fd, "internal error");
			return -1;
		}
	}
	log_debug("the connection ends: %s", c->farewell);
	farewell(c->event, ssh, fd, c->farewell);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "session/exchange.h"

#include <libssh/server.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "session/agency.h"
#include "session/env.h"
#include "session/input.h"

/* The largest output that waits for its reader: an atomic request's. */
#define OUT_MAX ((size_t)32 << 20)

static int
on_pty(ssh_session ssh, ssh_channel channel, const char *term, int width,
    int height, int pxwidth, int pxheight, void *arg)
{
	struct exchange *x = arg;

	(void)ssh, (void)channel, (void)term;
	(void)width, (void)height, (void)pxwidth, (void)pxheight;
	x->terminal = true;
	return -1;
}

/* It counts for the command that follows. */
static int
on_env(ssh_session ssh, ssh_channel channel, const char *name,
    const char *value, void *arg)
{
	struct exchange *x = arg;

	(void)ssh, (void)channel;
	if (x->state != EXCHANGE_OPENED)
		return -1;
	return env_set(&x->env, name, value) ? 0 : -1;
}

static int
on_shell(ssh_session ssh, ssh_channel channel, void *arg)
{
	struct exchange *x = arg;

	(void)ssh, (void)channel;
	if (x->state != EXCHANGE_OPENED)
		return -1;
	x->how = x->terminal ? OPEN_TERMINAL : OPEN_SHELL;
	x->state = EXCHANGE_ASKING;
	x->common->again = true;
	return 0;
}

static int
on_exec(ssh_session ssh, ssh_channel channel, const char *command, void *arg)
{
	struct exchange *x = arg;

	(void)ssh, (void)channel;
	if (x->state != EXCHANGE_OPENED ||
	    (x->command = strdup(command)) == NULL)
		return -1;
	x->how = OPEN_COMMAND;
	x->state = EXCHANGE_ASKING;
	x->common->again = true;
	return 0;
}

static int
on_data(ssh_session ssh, ssh_channel channel, void *data, uint32_t len,
    int is_stderr, void *arg)
{
	(void)ssh, (void)channel;
	if (is_stderr)
		return (int)len;
	return (int)input_take(arg, data, len);
}

static void
on_eof(ssh_session ssh, ssh_channel channel, void *arg)
{
	struct exchange *x = arg;

	(void)ssh, (void)channel;
	x->ended = true;
	x->common->again = true;
}

static void
on_close(ssh_session ssh, ssh_channel channel, void *arg)
{
	struct exchange *x = arg;

	(void)ssh, (void)channel;
	x->peer_closed = true;
	x->common->again = true;
}

static void
set_callbacks(struct exchange *x)
{
	x->callbacks.userdata = x;
	x->callbacks.channel_pty_request_function = on_pty;
	x->callbacks.channel_env_request_function = on_env;
	x->callbacks.channel_shell_request_function = on_shell;
	x->callbacks.channel_exec_request_function = on_exec;
	x->callbacks.channel_data_function = on_data;
	x->callbacks.channel_eof_function = on_eof;
	x->callbacks.channel_close_function = on_close;
	ssh_callbacks_init(&x->callbacks);
}

struct exchange *
exchange_new(struct common *common)
{
	struct exchange *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	x->common = common;
	x->progress_us = common->now_us;
	buf_init(&x->in, INPUT_MAX);
	buf_init(&x->streams.out, OUT_MAX);
	buf_init(&x->streams.err, OUT_MAX);
	pending_init(&x->pending);
	set_callbacks(x);
	if ((x->ssh = ssh_channel_new(common->ssh)) == NULL ||
	    ssh_set_channel_callbacks(x->ssh, &x->callbacks) != SSH_OK) {
		exchange_free(x);
		return NULL;
	}
	return x;
}

void
exchange_free(struct exchange *x)
{
	if (x == NULL)
		return;
	if (x->ssh != NULL) {
		/* libssh would still call them on a freed channel. */
		ssh_remove_channel_callbacks(x->ssh, &x->callbacks);
		ssh_channel_free(x->ssh);
	}
	free(x->command);
	free(x->env);
	buf_release(&x->in);
	buf_release(&x->streams.out);
	buf_release(&x->streams.err);
	pending_release(&x->pending);
	agency_free(x->agency);
	free(x);
}

void
exchange_finish(struct exchange *x, int status)
{
	if (x->state >= EXCHANGE_DONE)
		return;
	x->state = EXCHANGE_DONE;
	x->exit = status;
	pending_release(&x->pending);
	buf_release(&x->in);
}

void
exchange_fail(struct exchange *x, int status, const char *text)
{
	if (x->state >= EXCHANGE_DONE)
		return;
	answers_say(&x->streams, text);
	exchange_finish(x, status);
}

/* Only what the broker may see; the broker's reader is stricter still. */
static bool
command_is_plain(const char *command)
{
	for (; *command != '\0'; command++)
		if ((*command < 0x20 || *command > 0x7e) && *command != '\t')
			return false;
	return true;
}

/* Numbers ascend as the broker sees them, whichever channel was first. */
static void
send_open(struct exchange *x, const char *command)
{
	struct open_request open = { .how = x->how };

	x->number = open.channel = x->common->next_number++;
	text_copy(open.command, sizeof(open.command), command);
	if (x->env != NULL)
		open.env = *x->env;
	ask_open(&x->common->link, &open);
	x->known = true;
	x->state = EXCHANGE_ASKED;
}

static void
ask(struct exchange *x)
{
	const char *command = x->command != NULL ? x->command : "";

	if (strlen(command) >= COMMAND_SIZE)
		exchange_fail(x, reason_exit(REASON_USAGE),
		    "the command is longer than 4095 bytes");
	else if (!command_is_plain(command))
		exchange_fail(x, reason_exit(REASON_USAGE),
		    "the command may hold printable ASCII only");
	else if (link_is_ready(&x->common->link))
		send_open(x, command);
	else
		return;
	free(x->command);
	x->command = NULL;
}

/* The broker must not go on with what nobody waits for. */
static void
forget(struct exchange *x)
{
	if (x->state < EXCHANGE_DONE || !x->known ||
	    !link_is_ready(&x->common->link))
		return;
	ask_cancel(&x->common->link, x->number);
	x->known = false;
}

static void
write_stream(struct exchange *x, struct buf *from, bool to_stderr)
{
	struct common *c = x->common;
	int n = outlet_write(&c->outlet, x->ssh, from, to_stderr);

	if (n == -1 && !x->peer_closed)
		c->broken = "a channel cannot be written";
	else if (n > 0)
		x->progress_us = c->now_us;
}

/* The broker goes on with a long text when there is room for more. */
static void
acknowledge_text(struct exchange *x)
{
	if (x->untaken == 0 || !x->known || !input_has_room(x) ||
	    !link_is_ready(&x->common->link))
		return;
	ask_taken(&x->common->link, x->number, x->untaken);
	x->untaken = 0;
}

/* All of standard output goes before the next of standard error. */
static void
write_out(struct exchange *x)
{
	struct streams *s = &x->streams;

	if (s->out.bad || s->err.bad)
		x->common->broken = "out of memory";
	if (x->peer_closed) {
		buf_consume(&s->out, buf_len(&s->out));
		buf_consume(&s->err, buf_len(&s->err));
		return;
	}
	if (buf_len(&s->out) > 0)
		write_stream(x, &s->out, false);
	if (buf_len(&s->out) == 0 && buf_len(&s->err) > 0)
		write_stream(x, &s->err, true);
	if (x->state == EXCHANGE_DONE && buf_len(&s->out) == 0 &&
	    buf_len(&s->err) == 0) {
		ssh_channel_request_send_exit_status(x->ssh, x->exit);
		x->state = EXCHANGE_CLOSING;
		x->progress_us = x->common->now_us;
	}
}

/*
 * A close that meets a full socket comes back with SSH_AGAIN after the EOF,
 * before the close itself: it has to be called until it is content.
 */
static void
close_out(struct exchange *x)
{
	if (x->state == EXCHANGE_CLOSING && !x->closed)
		x->closed = ssh_channel_close(x->ssh) == SSH_OK;
}

static bool
broker_owes(const struct exchange *x)
{
	switch (x->state) {
	case EXCHANGE_ASKED:
		/* A long text stops while nobody reads it. */
		return buf_len(&x->streams.out) == 0;
	case EXCHANGE_ASKING:
	case EXCHANGE_ENDED:
		return true;
	case EXCHANGE_LINES:
	case EXCHANGE_FAILED:
		return x->pending.asked > 0 ||
		    (x->agency != NULL && agency_waits(x->agency));
	case EXCHANGE_OPENED:
	case EXCHANGE_DONE:
	case EXCHANGE_CLOSING:
	default:
		return false;
	}
}

uint64_t
exchange_deadline(const struct exchange *x)
{
	if (x->common->idle_ms == 0 || broker_owes(x))
		return UINT64_MAX;
	return x->progress_us + (uint64_t)x->common->idle_ms * 1000;
}

/* First the request ends; a peer that ignores that too loses all. */
static void
end_idle(struct exchange *x)
{
	char text[MESSAGE_SIZE];

	if (x->common->now_us < exchange_deadline(x))
		return;
	if (x->state >= EXCHANGE_DONE) {
		x->common->broken = "a channel was left unread";
		return;
	}
	snprintf(text, sizeof(text), "nothing was sent or read for %u s",
	    (unsigned)(x->common->idle_ms / 1000));
	exchange_fail(x, reason_exit(REASON_BUSY), text);
	x->progress_us = x->common->now_us;
}

void
exchange_work(struct exchange *x)
{
	if (x->peer_closed && x->state < EXCHANGE_CLOSING) {
		exchange_finish(x, 0);
		x->state = EXCHANGE_CLOSING;
	}
	if (x->state == EXCHANGE_ASKING)
		ask(x);
	input_work(x);
	forget(x);
	write_out(x);
	acknowledge_text(x);
	close_out(x);
	end_idle(x);
}

/*
 * A write may read from the peer too, so a window, input or a command can
 * have come after this exchange had its turn.
 */
bool
exchange_wants(const struct exchange *x)
{
	const struct streams *s = &x->streams;

	if (x->state == EXCHANGE_CLOSING)
		return !x->closed && outlet_is_open(&x->common->outlet);
	if (buf_len(&s->out) + buf_len(&s->err) > 0 &&
	    ssh_channel_window_size(x->ssh) > 0 &&
	    outlet_is_open(&x->common->outlet))
		return true;
	return x->state == EXCHANGE_LINES && x->stalled && input_has_room(x);
}

bool
exchange_is_over(const struct exchange *x)
{
	return x->closed && x->peer_closed && !x->known;
}

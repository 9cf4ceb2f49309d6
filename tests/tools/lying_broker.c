/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A listener and a broker in one, around the real countersign-session, for
 * tests that need to see what a session asks, and to answer it at will.
 *
 *	lying_broker SESSION HOSTKEY [GRACE_MS IDLE_MS CHANNELS REKEY_KIB]
 *
 * Prints "port N", then a line for everything that sessions say.  Any key of
 * the user "sign" may log in, any two of "half", of "nobody" none; "liar" is
 * told of a partial success before anything is proven.  Commands:
 *
 *	sign|check [-o OUTPUT] [-i raw] [--hash H] [--keep-going] [--atomic]
 *	           [--sig N] [--hold] [--greet]    signatures are made up; names
 *	           beginning with "refuse" are refused, --hold keeps all answers
 *	big N      N bytes on stdout, exit 0
 *	exit N     a sentence and this status
 *	never      nothing at all
 *	logout     the broker ends the connection
 *	lie WHAT   type | channel | answers | key: breaks a rule
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/channel.h"
#include "base/loop.h"
#include "base/text.h"
#include "wire/control.h"
#include "wire/login.h"
#include "wire/request.h"

#define REQUESTS 4096

struct request {
	uint32_t channel; /* 0 with used false: free */
	bool used;
	struct accept_reply accept;
	size_t sig;
	bool hold;
	bool greet;
	bool never;
	uint32_t lines;
	bool failed;
	struct line *held; /* with hold and atomic: until the end */
	size_t nheld;
};

struct session {
	uint64_t connection;
	int fd;
	struct loop_source *source;
	uint32_t last; /* channel that asked */
	bool half; /* one of two keys is proven */
	struct request requests[64];
};

static struct loop *loop;
static int parent;
static struct session_start start = {
	.login_grace_ms = 10000,
	.idle_ms = 60000,
	.channels = 32,
};
static uint8_t in[CHANNEL_MAX], out[CHANNEL_MAX];

static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void
say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static void
submit(struct session *s, const struct writer *w)
{
	if (!writer_ok(w))
		abort();
	while (channel_send(s->fd, w->start, w->used) == CHANNEL_AGAIN)
		usleep(100);
}

static struct request *
find(struct session *s, uint32_t channel)
{
	for (size_t i = 0; i < 64; i++)
		if (s->requests[i].used && s->requests[i].channel == channel)
			return &s->requests[i];
	return NULL;
}

static void
drop(struct request *q)
{
	free(q->held);
	memset(q, 0, sizeof(*q));
}

static void
done_line(struct session *s, struct request *q, int code, uint32_t line,
    const char *text)
{
	struct done_reply reply = {
		.channel = q->channel, .exit = (uint8_t)code, .line = line
	};
	struct writer w;

	text_copy(reply.text, sizeof(reply.text), text);
	writer_init(&w, out, sizeof(out));
	done_reply_put(&w, &reply);
	submit(s, &w);
	drop(q);
}

static void
done(struct session *s, struct request *q, int code, const char *text)
{
	done_line(s, q, code, 0, text);
}

static void
text_out(struct session *s, uint32_t channel, const void *bytes, size_t len)
{
	while (len > 0) {
		size_t n = len < WIRE_CHUNK ? len : WIRE_CHUNK;
		struct text_reply text = {
			.channel = channel, .bytes = bytes, .len = n
		};
		struct writer w;

		writer_init(&w, out, sizeof(out));
		text_reply_put(&w, &text);
		submit(s, &w);
		len -= n;
	}
}

static bool
answer(struct session *s, struct request *q, const struct line *lines, size_t n)
{
	static uint8_t sig[WIRE_ANSWER];

	for (size_t i = 0; i < n;) {
		struct answers_head head = { .channel = q->channel };
		struct writer w, h;

		writer_init(&w, out, sizeof(out));
		answers_head_put(&w, &head);
		for (; i < n && head.count < WIRE_BATCH; i++) {
			struct answer a = { .bytes = sig, .len = q->sig };

			if (w.used + q->sig + 64 > sizeof(out) / 2)
				break;
			for (size_t k = 0; k < q->sig; k++)
				sig[k] =
				    lines[i].digest[k % lines[i].digest_len];
			if (strncmp(lines[i].name, "refuse", 6) == 0) {
				a.reason = REASON_NAME;
				a.len = 0;
				text_copy(
				    a.text, sizeof(a.text), "no such name");
				q->failed = true;
			}
			answer_put(&w, &a);
			head.count++;
			if (a.reason != REASON_OK && !q->accept.keep_going) {
				i = n;
				break;
			}
		}
		writer_init(&h, out, sizeof(out));
		answers_head_put(&h, &head);
		submit(s, &w);
	}
	return !q->failed || q->accept.keep_going;
}

static void
accept_lines(struct session *s, struct request *q)
{
	struct writer w;

	writer_init(&w, out, sizeof(out));
	accept_reply_put(&w, &q->accept);
	submit(s, &w);
}

static void
parse_sign(struct request *q, char *at)
{
	struct accept_reply *a = &q->accept;
	char *word;

	strcpy(a->key, "release");
	strcpy(a->format, "raw");
	strcpy(a->extension, "sig");
	a->channel = q->channel;
	q->sig = 64;
	while ((word = strtok_r(NULL, " ", &at)) != NULL) {
		char *value = strchr("-", word[0]) && strlen(word) == 2 ?
		    strtok_r(NULL, " ", &at) :
		    NULL;

		if (strcmp(word, "-o") == 0 && value != NULL)
			for (int o = 0; o < OUTPUT_COUNT; o++) {
				if (strcmp(output_word((enum output)o),
					value) == 0)
					a->output = (enum output)o;
			}
		else if (strcmp(word, "-i") == 0)
			a->raw_input = true;
		else if (strcmp(word, "--hash") == 0)
			a->hash = hash_by_word(strtok_r(NULL, " ", &at));
		else if (strcmp(word, "--sig") == 0)
			q->sig = strtoul(strtok_r(NULL, " ", &at), NULL, 10);
		a->keep_going |= strcmp(word, "--keep-going") == 0;
		a->atomic |= strcmp(word, "--atomic") == 0;
		q->hold |= strcmp(word, "--hold") == 0;
		a->greet_if_empty |= strcmp(word, "--greet") == 0;
	}
	if (a->atomic || q->hold)
		q->held = calloc(WIRE_ATOMIC_MAX, sizeof(*q->held));
}

static void
send_logout(struct session *s)
{
	struct logout logout = { .reason = REASON_REMOVED };
	struct writer w;

	strcpy(logout.text, "the client key was removed");
	writer_init(&w, out, sizeof(out));
	logout_put(&w, &logout);
	submit(s, &w);
}

static void
lie(struct session *s, struct request *q, const char *what)
{
	struct writer w;

	writer_init(&w, out, sizeof(out));
	if (strcmp(what, "type") == 0)
		bare_put(&w, WIRE_DRAINED);
	else if (strcmp(what, "channel") == 0)
		done_reply_put(&w, &(struct done_reply){ .channel = 4711 });
	else if (strcmp(what, "key") == 0)
		key_reply_put(&w, &(struct key_reply){ .accepted = true });
	else {
		answers_head_put(&w,
		    &(struct answers_head){
			.channel = q->channel, .count = 1 });
		answer_put(&w, &(struct answer){ .bytes = out, .len = 1 });
	}
	submit(s, &w);
}

static void
run(struct session *s, struct request *q, char *command)
{
	char *at = NULL;
	char *verb = strtok_r(command, " ", &at);

	if (verb == NULL)
		text_out(s, q->channel, "hello\n", 6), done(s, q, 0, "");
	else if (strcmp(verb, "sign") == 0 || strcmp(verb, "check") == 0) {
		q->accept.check = verb[0] == 'c';
		parse_sign(q, at);
		accept_lines(s, q);
	} else if (strcmp(verb, "big") == 0) {
		size_t n = strtoul(at, NULL, 10);
		char *bytes = malloc(n);

		memset(bytes, 'x', n);
		text_out(s, q->channel, bytes, n);
		free(bytes);
		done(s, q, 0, "");
	} else if (strcmp(verb, "exit") == 0)
		done(s, q, atoi(at), "as you wish");
	else if (strcmp(verb, "logout") == 0)
		send_logout(s);
	else if (strcmp(verb, "lie") == 0)
		lie(s, q, at);
	else if (strcmp(verb, "never") != 0)
		done(s, q, 64, "unknown verb");
}

static void
say_variable(const struct session *s, const struct variable *v)
{
	char value[4 * VARIABLE_VALUE_SIZE];

	text_escape(v->value, strlen(v->value), value, sizeof(value));
	say("%lu env %s '%s'", s->connection, v->name, value);
}

static void
on_open(struct session *s, struct reader *r)
{
	static struct open_request open;
	struct request *q = NULL;

	if (!open_request_get(r, &open))
		abort();
	/* Numbers ascend, or the real broker takes it for a lie. */
	if (open.channel <= s->last)
		abort();
	s->last = open.channel;
	say("%lu open %u how %d command '%s'", s->connection, open.channel,
	    (int)open.how, open.command);
	for (unsigned i = 0; i < open.env.count; i++)
		say_variable(s, &open.env.item[i]);
	for (size_t i = 0; i < 64 && q == NULL; i++)
		if (!s->requests[i].used)
			q = &s->requests[i];
	if (q == NULL)
		abort();
	q->used = true;
	q->channel = open.channel;
	if (open.how == OPEN_SHELL) {
		char sign[] = "sign --greet";

		run(s, q, sign);
	} else
		run(s, q, open.command);
}

static void
on_lines(struct session *s, struct reader *r)
{
	static struct line lines[WIRE_BATCH];
	struct lines_head head;
	struct request *q;

	if (!lines_head_get(r, &head))
		abort();
	for (unsigned i = 0; i < head.count; i++)
		if (!line_get(r, &lines[i]))
			abort();
	if ((q = find(s, head.channel)) == NULL)
		return;
	q->lines += head.count;
	if (q->held != NULL) {
		if (q->nheld + head.count > WIRE_ATOMIC_MAX)
			abort();
		memcpy(q->held + q->nheld, lines, head.count * sizeof(*lines));
		q->nheld += head.count;
	} else if (!answer(s, q, lines, head.count))
		done(s, q, reason_exit(REASON_NAME), "");
}

/* The first line of an atomic request that is refused, from 1; 0: none. */
static uint32_t
refused(const struct request *q)
{
	for (size_t i = 0; i < q->nheld; i++)
		if (strncmp(q->held[i].name, "refuse", 6) == 0)
			return (uint32_t)i + 1;
	return 0;
}

static void
on_end(struct session *s, struct reader *r)
{
	struct request *q;
	uint32_t channel, line;

	if (!channel_get(r, &channel))
		abort();
	say("%lu end %u", s->connection, channel);
	if ((q = find(s, channel)) == NULL)
		return;
	if (q->accept.atomic && (line = refused(q)) != 0)
		done_line(s, q, reason_exit(REASON_NAME), line, "no such name");
	else if (q->held != NULL && !answer(s, q, q->held, q->nheld))
		done(s, q, reason_exit(REASON_NAME), "");
	else {
		if (q->lines == 0 && q->accept.greet_if_empty)
			text_out(s, channel, "hello\n", 6);
		done(s, q, q->failed, "");
	}
}

static void
on_key(struct session *s, struct reader *r)
{
	struct key_query query;
	struct key_reply reply;
	struct writer w;

	if (!key_query_get(r, &query))
		abort();
	reply.partial = strcmp(query.user, "liar") == 0 ||
	    (strcmp(query.user, "half") == 0 && query.proven && !s->half);
	reply.accepted = reply.partial || strcmp(query.user, "sign") == 0 ||
	    strcmp(query.user, "half") == 0;
	s->half = s->half || reply.partial;
	say("%lu %s %zu", s->connection, query.proven ? "login" : "offer",
	    query.blob_len);
	writer_init(&w, out, sizeof(out));
	key_reply_put(&w, &reply);
	submit(s, &w);
}

static void
leave(struct session *s)
{
	say("%lu eof", s->connection);
	loop_remove(s->source);
	close(s->fd);
	for (size_t i = 0; i < 64; i++)
		drop(&s->requests[i]);
	free(s);
}

static void
on_session(void *arg, uint32_t events)
{
	struct session *s = arg;
	struct login_failed failed;
	struct request *q;
	struct reader r;
	uint32_t channel;

	(void)events;
	switch (channel_recv(s->fd, in, &r)) {
	case CHANNEL_OK:
		break;
	case CHANNEL_AGAIN:
		return;
	case CHANNEL_CLOSED:
	case CHANNEL_BROKEN:
		leave(s);
		return;
	}
	switch ((int)wire_get_type(&r)) {
	case WIRE_KEY_QUERY:
		on_key(s, &r);
		break;
	case WIRE_LOGIN_FAILED:
		if (!login_failed_get(&r, &failed))
			abort();
		say("%lu login-failed %s", s->connection,
		    reason_word(failed.reason));
		break;
	case WIRE_OPEN:
		on_open(s, &r);
		break;
	case WIRE_LINES:
		on_lines(s, &r);
		break;
	case WIRE_END:
		on_end(s, &r);
		break;
	case WIRE_TAKEN:
		break;
	case WIRE_CANCEL:
		if (!channel_get(&r, &channel))
			abort();
		say("%lu cancel %u", s->connection, channel);
		if ((q = find(s, channel)) != NULL)
			drop(q);
		break;
	default:
		abort();
	}
}

static void
on_connection(void *arg, uint32_t events)
{
	static uint64_t number;
	struct session *s;
	struct writer w;
	int fds[2], pair[2], on = 1;

	(void)events;
	if ((fds[0] = accept4(
		 *(int *)arg, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) == -1)
		return;
	setsockopt(fds[0], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (channel_pair(pair, true) == -1 ||
	    (s = calloc(1, sizeof(*s))) == NULL)
		abort();
	s->connection = start.connection = ++number;
	s->fd = pair[0];
	s->source = loop_add(loop, s->fd, EPOLLIN, on_session, s);
	fds[1] = pair[1];
	writer_init(&w, out, sizeof(out));
	session_start_put(&w, &start);
	while (channel_send_fds(parent, out, w.used, fds, 2) == CHANNEL_AGAIN)
		usleep(100);
	close(fds[0]);
	close(fds[1]);
}

static void
on_parent(void *arg, uint32_t events)
{
	struct session_gone gone;
	struct reader r;

	(void)arg, (void)events;
	switch (channel_recv(parent, in, &r)) {
	case CHANNEL_OK:
		break;
	case CHANNEL_AGAIN:
		return;
	case CHANNEL_CLOSED:
	case CHANNEL_BROKEN:
		say("parent gone");
		_exit(1);
	}
	switch ((int)wire_get_type(&r)) {
	case WIRE_PARENT_READY:
		say("ready");
		break;
	case WIRE_SESSION_GONE:
		if (!session_gone_get(&r, &gone))
			abort();
		say("%lu gone status %u", gone.connection, gone.status);
		break;
	default:
		abort();
	}
}

static void
spawn(const char *program, const char *key)
{
	int pair[2], host;

	if (channel_pair(pair, true) == -1 ||
	    (host = open(key, O_RDONLY)) == -1) {
		perror(key);
		exit(1);
	}
	if (fork() == 0) {
		int a = fcntl(pair[1], F_DUPFD, 20),
		    b = fcntl(host, F_DUPFD, 20);

		dup2(a, 3);
		dup2(b, 4);
		close_range(5, ~0U, 0);
		execl(program, program, "-d", NULL);
		_exit(127);
	}
	close(pair[1]);
	close(host);
	parent = pair[0];
}

int
main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (argc < 3)
		return 64;
	if (argc == 7) {
		start.login_grace_ms = (uint32_t)atoi(argv[3]);
		start.idle_ms = (uint32_t)atoi(argv[4]);
		start.channels = (uint16_t)atoi(argv[5]);
		start.rekey_kib = (uint32_t)atoi(argv[6]);
	}
	spawn(argv[1], argv[2]);
	if (bind(fd, (struct sockaddr *)&address, len) == -1 ||
	    listen(fd, 128) == -1 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) == -1)
		return 1;
	loop = loop_new();
	loop_add(loop, fd, EPOLLIN, on_connection, &fd);
	loop_add(loop, parent, EPOLLIN, on_parent, NULL);
	say("port %d", ntohs(address.sin_port));
	return loop_run(loop) == 0 ? 0 : 1;
}

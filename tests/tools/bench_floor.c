/* SPDX-License-Identifier: Apache-2.0 */
/* tool-links: -lssh */
/*
 * What libssh alone can give: a server that forks for each connection, lets
 * every key in and answers each line at once with its digest, a fixed text as
 * long as a signature, and its name.  No policy, no token, no record.
 *
 *	bench_floor host-key signature-bytes
 *
 * Says "port N" on standard output; ends with SIGTERM.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <libssh/callbacks.h>
#include <libssh/server.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"

#define SIG_MAX 1024
#define PIECE ((size_t)32768)
#define OUT_HIGH ((size_t)1 << 17)
#define POLL_MS 1000

struct serving {
	ssh_channel ch;
	struct ssh_channel_callbacks_struct cb;
	struct buf in, out;
	bool logged_in, started, eof, over;
};

static char signature[BASE64_SIZE(SIG_MAX)];

static void
answer(struct serving *sv)
{
	const char *line, *lf;
	size_t len;

	while (buf_len(&sv->in) > 0 && buf_len(&sv->out) < OUT_HIGH) {
		line = buf_at(&sv->in);
		if ((lf = memchr(line, '\n', buf_len(&sv->in))) == NULL)
			return;
		len = (size_t)(lf - line);
		buf_add(&sv->out, line, len < 64 ? len : 64);
		buf_add(&sv->out, "  ", 2);
		buf_adds(&sv->out, signature);
		if (len > 64)
			buf_add(&sv->out, line + 64, len - 64);
		buf_add(&sv->out, "\n", 1);
		buf_consume(&sv->in, len + 1);
	}
}

/* Takes what there is room for; libssh keeps the rest, and its window. */
static int
on_data(ssh_session s, ssh_channel ch, void *data, uint32_t len, int is_stderr,
    void *arg)
{
	struct serving *sv = arg;

	(void)s;
	(void)ch;
	(void)is_stderr;
	if (buf_len(&sv->in) > OUT_HIGH)
		return 0;
	buf_add(&sv->in, data, len);
	return (int)len;
}

static void
on_eof(ssh_session s, ssh_channel ch, void *arg)
{
	struct serving *sv = arg;

	(void)s;
	(void)ch;
	sv->eof = true;
}

static int
on_exec(ssh_session s, ssh_channel ch, const char *command, void *arg)
{
	struct serving *sv = arg;

	(void)s;
	(void)ch;
	(void)command;
	sv->started = true;
	return 0;
}

static int
on_key(ssh_session s, const char *user, struct ssh_key_struct *key, char state,
    void *arg)
{
	struct serving *sv = arg;

	(void)s;
	(void)user;
	(void)key;
	if (state == SSH_PUBLICKEY_STATE_VALID)
		sv->logged_in = true;
	return SSH_AUTH_SUCCESS;
}

static ssh_channel
on_open(ssh_session s, void *arg)
{
	struct serving *sv = arg;

	if (sv->ch != NULL)
		return NULL;
	sv->cb.userdata = sv;
	sv->cb.channel_data_function = on_data;
	sv->cb.channel_eof_function = on_eof;
	sv->cb.channel_exec_request_function = on_exec;
	ssh_callbacks_init(&sv->cb);
	sv->ch = ssh_channel_new(s);
	ssh_set_channel_callbacks(sv->ch, &sv->cb);
	return sv->ch;
}

static void
pull_rest(struct serving *sv)
{
	char text[4096];
	int n;

	while (buf_len(&sv->in) < OUT_HIGH) {
		n = ssh_channel_read_nonblocking(sv->ch, text, sizeof(text), 0);
		if (n <= 0)
			return;
		buf_add(&sv->in, text, (size_t)n);
	}
}

static void
write_out(ssh_session s, struct serving *sv)
{
	size_t room, len;
	int n;

	while (!(ssh_get_status(s) & SSH_WRITE_PENDING)) {
		answer(sv);
		room = ssh_channel_window_size(sv->ch);
		len = buf_len(&sv->out);
		len = len < room ? len : room;
		len = len < PIECE ? len : PIECE;
		if (len == 0)
			return;
		n = ssh_channel_write(sv->ch, buf_at(&sv->out), (uint32_t)len);
		if (n <= 0)
			return;
		buf_consume(&sv->out, (size_t)n);
	}
}

static void
work(ssh_session s, struct serving *sv)
{
	if (sv->ch == NULL || !sv->started || sv->over)
		return;
	pull_rest(sv);
	write_out(s, sv);
	if (!sv->eof || buf_len(&sv->in) + buf_len(&sv->out) > 0 ||
	    ssh_channel_poll(sv->ch, 0) > 0)
		return;
	ssh_channel_request_send_exit_status(sv->ch, 0);
	ssh_channel_send_eof(sv->ch);
	ssh_channel_close(sv->ch);
	sv->over = true;
}

static void
serve(ssh_bind b, int fd)
{
	struct ssh_server_callbacks_struct cb = {
		.auth_pubkey_function = on_key,
		.channel_open_request_session_function = on_open,
	};
	struct serving sv = { 0 };
	ssh_session s = ssh_new();
	ssh_event ev = ssh_event_new();
	int on = 1;

	cb.userdata = &sv;
	buf_init(&sv.in, 1 << 24);
	buf_init(&sv.out, 1 << 20);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (ssh_bind_accept_fd(b, s, fd) != SSH_OK)
		_exit(1);
	ssh_callbacks_init(&cb);
	ssh_set_server_callbacks(s, &cb);
	ssh_set_auth_methods(s, SSH_AUTH_METHOD_PUBLICKEY);
	ssh_set_blocking(s, 0);
	ssh_handle_key_exchange(s);
	ssh_event_add_session(ev, s);
	while (ssh_is_connected(s)) {
		if (!sv.logged_in)
			setsockopt(
			    fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
		if (ssh_event_dopoll(ev, POLL_MS) == SSH_ERROR)
			break;
		work(s, &sv);
	}
	_exit(0);
}

static ssh_bind
bind_new(const char *host_key)
{
	ssh_bind b = ssh_bind_new();
	const bool off = false;

	ssh_bind_options_set(b, SSH_BIND_OPTIONS_PROCESS_CONFIG, &off);
	ssh_bind_options_set(b, SSH_BIND_OPTIONS_KEY_EXCHANGE,
	    "curve25519-sha256,curve25519-sha256@libssh.org");
	if (ssh_bind_options_set(b, SSH_BIND_OPTIONS_HOSTKEY, host_key) != 0) {
		fprintf(stderr, "bench_floor: %s\n", ssh_get_error(b));
		exit(1);
	}
	return b;
}

static int
listen_on_loopback(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(sin);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&sin, len) == -1 ||
	    listen(fd, 128) == -1 ||
	    getsockname(fd, (struct sockaddr *)&sin, &len) == -1)
		exit(1);
	printf("port %d\n", ntohs(sin.sin_port));
	fflush(stdout);
	return fd;
}

int
main(int argc, char **argv)
{
	static uint8_t bytes[SIG_MAX];
	size_t size = argc == 3 ? (size_t)atoi(argv[2]) : 0;
	int fd, conn;
	ssh_bind b;

	if (size == 0 || size > SIG_MAX) {
		fputs("usage: bench_floor host-key signature-bytes\n", stderr);
		return 64;
	}
	base64_encode(bytes, size, true, signature);
	signal(SIGPIPE, SIG_IGN);
	b = bind_new(argv[1]);
	fd = listen_on_loopback();
	while ((conn = accept4(fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		if (fork() == 0) {
			close(fd);
			serve(b, conn);
		}
		close(conn);
		/* So that their CPU time counts as ours. */
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	return 1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* tool-links: -lssh2 */
/*
 * ssh as a program with libssh2 inside does it: one command, standard input to
 * it, its output and its errors to ours, its exit status.  255: no connection,
 * another host key than the file's, no login.
 *
 *	client_libssh2 PORT USER KEY KNOWN_HOSTS HOST COMMAND
 *
 * The service is at 127.0.0.1; HOST is its name in KNOWN_HOSTS.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libssh2.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define EXIT_SSH 255
#define PIECE 16384

struct client {
	int fd;
	LIBSSH2_SESSION *session;
	LIBSSH2_CHANNEL *channel;
	char in[PIECE];
	size_t have, sent; /* of in */
	bool ended; /* standard input, and the service knows */
};

static void
die(struct client *c, const char *what)
{
	char *text = NULL;

	if (c->session != NULL)
		libssh2_session_last_error(c->session, &text, NULL, 0);
	fprintf(stderr, "client_libssh2: %s: %s\n", what,
	    text != NULL ? text : strerror(errno));
	exit(EXIT_SSH);
}

static void
dial(struct client *c, const char *port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)strtoul(port, NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	if ((c->fd = socket(AF_INET, SOCK_STREAM, 0)) == -1 ||
	    connect(c->fd, (struct sockaddr *)&to, sizeof(to)) == -1)
		die(c, "connect");
	if ((c->session = libssh2_session_init()) == NULL ||
	    libssh2_session_handshake(c->session, c->fd) != 0)
		die(c, "handshake");
}

static void
check_host(struct client *c, const char *file, const char *host)
{
	LIBSSH2_KNOWNHOSTS *known = libssh2_knownhost_init(c->session);
	struct libssh2_knownhost *found = NULL;
	const char *key;
	size_t len;
	int type;

	if (known == NULL ||
	    libssh2_knownhost_readfile(
		known, file, LIBSSH2_KNOWNHOST_FILE_OPENSSH) < 1)
		die(c, file);
	if ((key = libssh2_session_hostkey(c->session, &len, &type)) == NULL ||
	    libssh2_knownhost_check(known, host, key, len,
		LIBSSH2_KNOWNHOST_TYPE_PLAIN | LIBSSH2_KNOWNHOST_KEYENC_RAW,
		&found) != LIBSSH2_KNOWNHOST_CHECK_MATCH)
		die(c, "the host key");
	libssh2_knownhost_free(known);
}

static void
start(struct client *c, const char *user, const char *key, const char *command)
{
	if (libssh2_userauth_publickey_fromfile(
		c->session, user, NULL, key, NULL) != 0)
		die(c, "login");
	if ((c->channel = libssh2_channel_open_session(c->session)) == NULL ||
	    libssh2_channel_exec(c->channel, command) != 0)
		die(c, "exec");
	libssh2_session_set_blocking(c->session, 0);
}

/* False: there is nothing more just now. */
static bool
take(struct client *c, int stream, FILE *to)
{
	char piece[PIECE];
	ssize_t n =
	    libssh2_channel_read_ex(c->channel, stream, piece, sizeof(piece));

	if (n < 0 && n != LIBSSH2_ERROR_EAGAIN)
		die(c, "read");
	if (n <= 0)
		return false;
	if (fwrite(piece, 1, (size_t)n, to) != (size_t)n || fflush(to) != 0)
		die(c, "write");
	return true;
}

/* False: it must be tried again when the socket has room. */
static bool
give(struct client *c)
{
	ssize_t n;

	while (c->sent < c->have) {
		n = libssh2_channel_write(
		    c->channel, c->in + c->sent, c->have - c->sent);
		if (n == LIBSSH2_ERROR_EAGAIN)
			return false;
		if (n < 0) {
			/* It may have been closed while we still send. */
			c->sent = c->have;
			c->ended = true;
			return true;
		}
		c->sent += (size_t)n;
	}
	return true;
}

static void
end_input(struct client *c)
{
	int rc;

	while ((rc = libssh2_channel_send_eof(c->channel)) ==
	    LIBSSH2_ERROR_EAGAIN) {
		struct pollfd p = { .fd = c->fd, .events = POLLOUT };

		poll(&p, 1, 100);
	}
	c->ended = true;
}

static void
read_input(struct client *c)
{
	ssize_t n = read(STDIN_FILENO, c->in, sizeof(c->in));

	if (n > 0) {
		c->have = (size_t)n;
		c->sent = 0;
	} else
		end_input(c);
}

static void
wait_for_more(struct client *c)
{
	bool idle = c->sent == c->have && !c->ended;
	struct pollfd p[2] = {
		{ .fd = c->fd, .events = POLLIN },
		{ .fd = idle ? STDIN_FILENO : -1, .events = POLLIN },
	};

	if ((libssh2_session_block_directions(c->session) &
		LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0)
		p[0].events |= POLLOUT;
	poll(p, 2, 1000);
	if ((p[1].revents & (POLLIN | POLLHUP)) != 0)
		read_input(c);
}

static void
serve(struct client *c)
{
	bool more;

	while (!libssh2_channel_eof(c->channel)) {
		give(c);
		more = take(c, 0, stdout);
		more = take(c, SSH_EXTENDED_DATA_STDERR, stderr) || more;
		if (!more && !libssh2_channel_eof(c->channel))
			wait_for_more(c);
	}
	libssh2_session_set_blocking(c->session, 1);
	while (take(c, 0, stdout) || take(c, SSH_EXTENDED_DATA_STDERR, stderr))
		continue;
}

int
main(int argc, char **argv)
{
	struct client c = { .fd = -1 };
	int status;

	if (argc != 7) {
		fprintf(stderr,
		    "usage: client_libssh2 PORT USER KEY KNOWN_HOSTS HOST "
		    "COMMAND\n");
		return EXIT_SSH;
	}
	if (libssh2_init(0) != 0)
		die(&c, "libssh2");
	dial(&c, argv[1]);
	check_host(&c, argv[4], argv[5]);
	start(&c, argv[2], argv[3], argv[6]);
	serve(&c);
	if (libssh2_channel_close(c.channel) != 0 ||
	    libssh2_channel_wait_closed(c.channel) != 0)
		die(&c, "close");
	status = libssh2_channel_get_exit_status(c.channel);
	libssh2_channel_free(c.channel);
	libssh2_session_disconnect(c.session, "done");
	libssh2_session_free(c.session);
	close(c.fd);
	return status;
}

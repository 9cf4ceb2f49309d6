/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/admin.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/channel.h"
#include "conf/load.h"
#include "ctl/tell.h"

/* A large tree is read from disk before a reload is answered. */
#define ANSWER_MS 120000

static int no_answer(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

static int
no_answer(const char *fmt, ...)
{
	va_list ap;

	fputs("countersignctl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return EX_UNAVAILABLE;
}

static int
connect_failed(const char *path)
{
	switch (errno) {
	case ENOENT:
	case ECONNREFUSED:
		return no_answer("the service is not running (nobody listens "
				 "on %s)",
		    path);
	case EACCES:
	case EPERM:
		return no_answer("%s: only root and the user of the broker may "
				 "ask",
		    path);
	default:
		return no_answer("%s: %s", path, strerror(errno));
	}
}

/* 0, or the exit status. */
static int
connect_admin(const char *run_dir, int *ret)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, rv;

	if (snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/%s", run_dir,
		ADMIN_SOCKET) >= (int)sizeof(addr.sun_path))
		return no_answer(
		    "%s: the path is too long for a socket", run_dir);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return no_answer("socket: %s", strerror(errno));
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == -1) {
		rv = connect_failed(addr.sun_path);
		close(fd);
		return rv;
	}
	*ret = fd;
	return 0;
}

static bool
send_request(int fd, const struct admin_request *request, uint8_t *space)
{
	struct writer w;

	writer_init(&w, space, CHANNEL_MAX);
	admin_request_put(&w, request);
	return writer_ok(&w) && channel_send(fd, space, w.used) == CHANNEL_OK;
}

/* One reply: false, and said why, when none came. */
static bool
receive_reply(int fd, uint8_t *buf, struct admin_reply *ret)
{
	struct reader r;

	switch (channel_wait(fd, ANSWER_MS)) {
	case 0:
		no_answer(
		    "the broker did not answer within %d s", ANSWER_MS / 1000);
		return false;
	case -1:
		no_answer("waiting for the broker: %s", strerror(errno));
		return false;
	default:
		break;
	}
	if (channel_recv(fd, buf, &r) != CHANNEL_OK) {
		no_answer("the broker closed the connection: it stopped, or "
			  "you are neither root nor its user, nor the owner of "
			  "a tenant");
		return false;
	}
	if (wire_get_type(&r) != WIRE_ADMIN_REPLY ||
	    !admin_reply_get(&r, ret)) {
		no_answer("the broker's answer is malformed: is it of another "
			  "version?");
		return false;
	}
	return true;
}

static int
print_replies(int fd, uint8_t *buf, FILE *out)
{
	struct admin_reply reply;

	do {
		if (!receive_reply(fd, buf, &reply))
			return EX_UNAVAILABLE;
		fwrite(
		    reply.bytes, 1, reply.len, reply.to_stderr ? stderr : out);
	} while (!reply.last);
	return reply.exit;
}

int
ask_admin(const char *run_dir, const struct admin_request *request)
{
	return ask_admin_into(stdout, run_dir, request);
}

int
ask_admin_into(
    FILE *out_file, const char *run_dir, const struct admin_request *request)
{
	uint8_t *buf = malloc(CHANNEL_MAX);
	int fd = -1, rv;

	if (buf == NULL) {
		rv = no_answer("no memory");
		goto out;
	}
	if ((rv = connect_admin(run_dir, &fd)) != 0)
		goto out;
	if (send_request(fd, request, buf))
		rv = print_replies(fd, buf, out_file);
	else
		rv = no_answer("the broker closed the connection: it stopped, "
			       "or you are neither root nor its user, nor the "
			       "owner of a tenant");
out:
	if (fd != -1)
		close(fd);
	free(buf);
	return rv;
}

int
ask_running(const char *dir, const struct admin_request *request)
{
	struct tree *tree = conf_load_server(dir, tell_error, stderr);
	int rv;

	if (tree == NULL)
		return 1;
	rv = ask_admin(tree_server(tree)->run_dir, request);
	tree_free(tree);
	return rv;
}

bool
asks_as_tenant(const char *dir)
{
	struct stat st;

	return geteuid() != 0 && stat(dir, &st) == 0 && st.st_uid != geteuid();
}

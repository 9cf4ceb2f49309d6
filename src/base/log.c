/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "base/text.h"

#define LINE_SIZE 1024
#define EXIT_SOFTWARE 70

static const char *prefix = "countersign";
static int syslog_socket = -1;
static bool use_debug;
static pid_t pid;

static void
learn_pid(void)
{
	pid = getpid();
}

void
log_init(const char *program, bool to_syslog, bool debug)
{
	static bool watched;

	prefix = program;
	use_debug = debug;
	if (!to_syslog || syslog_socket != -1)
		return;
	learn_pid();
	if (!watched)
		watched = pthread_atfork(NULL, NULL, learn_pid) == 0;
	syslog_socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

/*
 * Not by syslog(3): that opens the time zone and, when the daemon has been
 * started anew, another socket, and both would end a jailed process.  The
 * daemon adds the time.  False when there is nobody to take it.
 */
static bool
send_syslog(int priority, const char *text, size_t len)
{
	static const struct sockaddr_un daemon = { .sun_family = AF_UNIX,
		.sun_path = "/dev/log" };
	char line[LINE_SIZE + 64];
	int head = snprintf(line, sizeof(line),
	    "<%d>%s[%ld]: ", LOG_DAEMON | priority, prefix, (long)pid);

	if (head < 0 || (size_t)head + len > sizeof(line))
		return false;
	memcpy(line + head, text, len);
	return sendto(syslog_socket, line, (size_t)head + len,
		   MSG_NOSIGNAL | MSG_DONTWAIT,
		   (const struct sockaddr *)&daemon, sizeof(daemon)) != -1;
}

/* One write a line, so that lines of several processes do not mix. */
static void
write_stderr(const char *text, size_t len)
{
	char line[LINE_SIZE + 64];
	int head = snprintf(line, sizeof(line), "%s: ", prefix);
	ssize_t n;

	if (head < 0 || (size_t)head + len + 1 > sizeof(line))
		return;
	memcpy(line + head, text, len);
	line[(size_t)head + len] = '\n';
	do
		n = write(STDERR_FILENO, line, (size_t)head + len + 1);
	while (n == -1 && errno == EINTR);
}

static void
tell(int priority, const char *fmt, va_list args)
{
	char text[LINE_SIZE];
	size_t len;
	int saved = errno;

	if (vsnprintf(text, sizeof(text), fmt, args) < 0)
		return;
	len = strlen(text);
	/*
	 * Whatever the caller forgot to escape: a line stays one line, and does
	 * nothing to the terminal that shows it.
	 */
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\n' || text[i] == '\r')
			text[i] = ' ';
	text_plain(text);
	if (syslog_socket == -1 || !send_syslog(priority, text, len))
		write_stderr(text, len);
	errno = saved;
}

void
log_debug(const char *fmt, ...)
{
	va_list args;

	if (!use_debug)
		return;
	va_start(args, fmt);
	tell(LOG_DEBUG, fmt, args);
	va_end(args);
}

void
log_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(LOG_INFO, fmt, args);
	va_end(args);
}

void
log_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(LOG_WARNING, fmt, args);
	va_end(args);
}

void
log_fatal(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(LOG_CRIT, fmt, args);
	va_end(args);
	/* No exit handlers: what they would tidy up may be what is broken. */
	_exit(EXIT_SOFTWARE);
}

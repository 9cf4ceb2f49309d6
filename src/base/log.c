/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define LINE_SIZE 1024

static const char *prefix = "countersign";
static bool use_syslog;
static bool use_debug;

void
log_init(const char *program, bool to_syslog, bool debug)
{
	prefix = program;
	use_syslog = to_syslog;
	use_debug = debug;
	if (to_syslog)
		openlog(program, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

/* One write a line, so that lines of several processes do not mix. */
static void
tell(int priority, const char *fmt, va_list args)
{
	char line[LINE_SIZE];
	int head, body;
	size_t len;

	if (use_syslog) {
		vsyslog(priority, fmt, args);
		return;
	}
	head = snprintf(line, sizeof(line), "%s: ", prefix);
	if (head < 0 || (size_t)head >= sizeof(line))
		return;
	body =
	    vsnprintf(line + head, sizeof(line) - (size_t)head - 1, fmt, args);
	if (body < 0)
		return;
	len = strlen(line);
	line[len++] = '\n';
	while (write(STDERR_FILENO, line, len) == -1)
		break;
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
	exit(70);
}

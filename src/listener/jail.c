/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/jail.h"

#include <sys/socket.h>

/* No file, no program, no outgoing connection, and no byte of a client. */
static const struct jail_call calls[] = {
	{ .name = "epoll_wait", .why = "the event loop" },
	{ .name = "epoll_pwait", .why = "the event loop" },
	{ .name = "epoll_ctl", .why = "the event loop" },
	{ .name = "accept4", .why = "connections" },
	{ .name = "socketpair", .why = "a channel for each session" },
	{ .name = "sendmsg", .why = "handing over a connection" },
	{ .name = "recvmsg", .why = "the broker's and the parent's words" },
	{ .name = "sendto",
	    .why = "reload, drain, the service manager, syslog" },
	{ .name = "close", .why = "what was handed over" },
	{ .name = "read", .why = "signals, from their descriptor" },
	{ .name = "wait4", .why = "children that ended" },
	{ .name = "write", .why = "diagnostics" },
	{ .name = "getsockname", .why = "the ready line" },
	{ .name = "dup2", .why = "leaving the terminal" },
	{ .name = "clock_gettime", .why = "timers" },
	{ .name = "brk", .why = "memory" },
	{ .name = "mmap", .why = "memory" },
	{ .name = "munmap", .why = "memory" },
	{ .name = "mremap", .why = "memory" },
	{ .name = "madvise", .why = "memory" },
	{ .name = "futex", .why = "the C library's locks" },
	{ .name = "rt_sigprocmask", .why = "abort" },
	{ .name = "rt_sigreturn", .why = "signals" },
	{ .name = "rt_sigaction", .why = "abort" },
	{ .name = "gettid", .why = "abort" },
	{ .name = "tgkill", .why = "abort" },
	{ .name = "exit_group", .why = "the end" },
	{ .name = NULL },
};

const struct jail listener_jail = {
	.name = "listener",
	.calls = calls,
	/* Few are open, but those in flight to slow processes count too. */
	.open_files = 1024,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "session/jail.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

static const struct jail_call calls[] = {
	{ .name = "poll", .why = "the event loop, libssh's too" },
	{ .name = "recvfrom", .why = "bytes from the peer" },
	{ .name = "sendto",
	    .why = "bytes to the peer, messages to the broker" },
	{ .name = "recvmsg", .why = "messages from the broker" },
	{ .name = "setsockopt",
	    .why = "TCP_QUICKACK until the login",
	    .has_arg = true,
	    .arg = 2,
	    .mask = ~0UL,
	    .value = TCP_QUICKACK },
	{ .name = "shutdown", .why = "the last word gets out before the end" },
	{ .name = "close", .why = "the connection's end" },
	{ .name = "write",
	    .why = "diagnostics",
	    .has_arg = true,
	    .arg = 0,
	    .mask = ~0UL,
	    .value = STDERR_FILENO },
	{ .name = "getrandom", .why = "keys and padding" },
	{ .name = "getpid", .why = "OpenSSL's generator notices forks" },
	{ .name = "clock_gettime", .why = "deadlines, where there is no vDSO" },
	{ .name = "gettimeofday", .why = "libssh, likewise" },
	{ .name = "time", .why = "libssh, likewise" },
	{ .name = "brk", .why = "memory" },
	{ .name = "mmap", .why = "memory" },
	{ .name = "munmap", .why = "memory" },
	{ .name = "mremap", .why = "memory" },
	{ .name = "madvise", .why = "memory" },
	{ .name = "futex", .why = "OpenSSL's locks" },
	{ .name = "restart_syscall", .why = "a poll that was stopped" },
	{ .name = "rt_sigreturn", .why = "the end of a signal handler" },
	{ .name = "exit", .why = "the end" },
	{ .name = "exit_group", .why = "the end" },
	{ .name = NULL },
};

const struct jail session_jail = {
	.name = "session",
	.calls = calls,
	.open_files = 16,
	.memory = 128UL << 20,
	.processes = false,
};

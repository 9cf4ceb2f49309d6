/* SPDX-License-Identifier: Apache-2.0 */
#include "token/jail.h"

#include <linux/sched.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/jail.h"

#define ANY (~0UL)

/*
 * All families of sockets but AF_UNIX, which is 1: some of the rarer ones
 * (AF_SMC, AF_RXRPC) reach the network just as well.
 */
#define NO_SOCKET(bit)                                                   \
	{                                                                \
		.name = "socket", .why = "the network", .has_arg = true, \
		.arg = 0, .mask = (bit), .value = (bit)                  \
	}

/*
 * Three lists in one: a module that needs no network is denied everything,
 * one that does begins after the network rows, and the keeper after those
 * that only workers can do without.
 *
 * A module may start threads, not processes: a login does not survive a
 * fork.  clone3 hides its flags from filters, so there is none, and the C
 * library takes clone.
 */
static const struct jail_call denied[] = {
	NO_SOCKET(2),
	NO_SOCKET(4),
	NO_SOCKET(8),
	NO_SOCKET(16),
	NO_SOCKET(32),
	NO_SOCKET(64),
	{ .name = "socket",
	    .why = "raw packets",
	    .has_arg = true,
	    .arg = 0,
	    .mask = ANY,
	    .value = AF_PACKET },
	{ .name = "execve", .why = "programs" },
	{ .name = "execveat", .why = "programs" },
	{ .name = "fork", .why = "processes" },
	{ .name = "vfork", .why = "processes" },
	{ .name = "kill", .why = "other processes" },
	{ .name = "pidfd_open", .why = "other processes" },
	{ .name = "pidfd_send_signal", .why = "other processes" },
	{ .name = "clone",
	    .why = "processes",
	    .has_arg = true,
	    .arg = 0,
	    .mask = CLONE_THREAD,
	    .value = 0 },
	{ .name = "clone3", .why = "processes" },
	{ .name = "ptrace", .why = "other processes" },
	{ .name = "process_vm_readv", .why = "other processes" },
	{ .name = "process_vm_writev", .why = "other processes" },
	{ .name = "pidfd_getfd", .why = "other processes" },
	{ .name = "kcmp", .why = "other processes" },
	{ .name = "perf_event_open", .why = "the kernel" },
	{ .name = "bpf", .why = "the kernel" },
	{ .name = "userfaultfd", .why = "the kernel" },
	{ .name = "syslog", .why = "the kernel" },
	{ .name = "init_module", .why = "the kernel" },
	{ .name = "finit_module", .why = "the kernel" },
	{ .name = "delete_module", .why = "the kernel" },
	{ .name = "kexec_load", .why = "the kernel" },
	{ .name = "kexec_file_load", .why = "the kernel" },
	{ .name = "add_key", .why = "the kernel's key rings" },
	{ .name = "request_key", .why = "the kernel's key rings" },
	{ .name = "keyctl", .why = "the kernel's key rings" },
	{ .name = "reboot", .why = "the machine" },
	{ .name = "iopl", .why = "the machine" },
	{ .name = "ioperm", .why = "the machine" },
	{ .name = "swapon", .why = "the machine" },
	{ .name = "swapoff", .why = "the machine" },
	{ .name = "acct", .why = "the machine" },
	{ .name = "quotactl", .why = "the machine" },
	{ .name = "sethostname", .why = "the machine" },
	{ .name = "setdomainname", .why = "the machine" },
	{ .name = "settimeofday", .why = "the clock" },
	{ .name = "clock_settime", .why = "the clock" },
	{ .name = "clock_adjtime", .why = "the clock" },
	{ .name = "adjtimex", .why = "the clock" },
	{ .name = "mount", .why = "the file system" },
	{ .name = "umount2", .why = "the file system" },
	{ .name = "mount_setattr", .why = "the file system" },
	{ .name = "move_mount", .why = "the file system" },
	{ .name = "open_tree", .why = "the file system" },
	{ .name = "fsopen", .why = "the file system" },
	{ .name = "fsmount", .why = "the file system" },
	{ .name = "fsconfig", .why = "the file system" },
	{ .name = "fspick", .why = "the file system" },
	{ .name = "pivot_root", .why = "the file system" },
	{ .name = "chroot", .why = "the file system" },
	{ .name = "open_by_handle_at", .why = "the file system" },
	{ .name = "unshare", .why = "namespaces" },
	{ .name = "setns", .why = "namespaces" },
	{ .name = "io_uring_setup", .why = "calls that no filter sees" },
	{ .name = "io_uring_enter", .why = "calls that no filter sees" },
	{ .name = "io_uring_register", .why = "calls that no filter sees" },
	{ .name = "clone",
	    .why = "a user namespace",
	    .has_arg = true,
	    .arg = 0,
	    .mask = CLONE_NEWUSER,
	    .value = CLONE_NEWUSER },
	{ .name = NULL },
};

#define NETWORK_ROWS 6
#define WORKER_ROWS 10

static const struct jail keeper = {
	.name = "token keeper",
	.denied = denied + NETWORK_ROWS + WORKER_ROWS,
	.processes = true, /* the workers */
};

static const struct jail worker = {
	.name = "token worker",
	.denied = denied,
	.processes = true, /* a module's threads count as processes */
};

static const struct jail worker_with_network = {
	.name = "token worker with network",
	.denied = denied + NETWORK_ROWS,
	.processes = true,
};

/* Modules, their libraries and their configuration can be anywhere. */
static const struct jail_path readable[] = {
	{ "/", false },
};

static int
enter(const struct jail *jail, char what[128])
{
	static struct jail_filter *filter; /* lives until exit */

	if (jail_prepare(jail, &filter, what) == -1)
		return -1;
	return jail_enter(jail, filter, readable, 1, NULL, what);
}

int
jail_keeper(char what[128])
{
	return enter(&keeper, what);
}

int
jail_worker(bool network, char what[128])
{
	return enter(network ? &worker_with_network : &worker, what);
}

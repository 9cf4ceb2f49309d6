/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/jail.h"

#include <asm/sockios.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/jail.h"

#define KERNEL(call)                              \
	{                                         \
		.name = call, .why = "the kernel" \
	}
#define MACHINE(call)                              \
	{                                          \
		.name = call, .why = "the machine" \
	}
#define CLOCK(call)                              \
	{                                        \
		.name = call, .why = "the clock" \
	}
#define PROCESSES(call)                                \
	{                                              \
		.name = call, .why = "other processes" \
	}
#define FILES(call)                                    \
	{                                              \
		.name = call, .why = "the file system" \
	}
#define UNSEEN(call)                                             \
	{                                                        \
		.name = call, .why = "calls that no filter sees" \
	}

/* What outlives who made it, and counts towards no limit of its. */
#define SYSTEM_V(call)                                   \
	{                                                \
		.name = call, .why = "what stays behind" \
	}

/* Neither we nor a command. */
static const struct jail_call denied[] = {
	PROCESSES("ptrace"),
	PROCESSES("process_vm_readv"),
	PROCESSES("process_vm_writev"),
	PROCESSES("pidfd_getfd"),
	PROCESSES("kcmp"),
	KERNEL("perf_event_open"),
	KERNEL("bpf"),
	KERNEL("userfaultfd"),
	KERNEL("syslog"),
	KERNEL("init_module"),
	KERNEL("finit_module"),
	KERNEL("delete_module"),
	KERNEL("kexec_load"),
	KERNEL("kexec_file_load"),
	KERNEL("add_key"),
	KERNEL("request_key"),
	KERNEL("keyctl"),
	MACHINE("reboot"),
	MACHINE("iopl"),
	MACHINE("ioperm"),
	MACHINE("swapon"),
	MACHINE("swapoff"),
	MACHINE("acct"),
	MACHINE("quotactl"),
	MACHINE("sethostname"),
	MACHINE("setdomainname"),
	CLOCK("settimeofday"),
	CLOCK("clock_settime"),
	CLOCK("clock_adjtime"),
	CLOCK("adjtimex"),
	FILES("mount"),
	FILES("umount2"),
	FILES("mount_setattr"),
	FILES("move_mount"),
	FILES("open_tree"),
	FILES("fsopen"),
	FILES("fsmount"),
	FILES("fsconfig"),
	FILES("fspick"),
	FILES("pivot_root"),
	FILES("chroot"),
	FILES("open_by_handle_at"),
	{ .name = "unshare", .why = "namespaces" },
	{ .name = "setns", .why = "namespaces" },
	SYSTEM_V("shmget"),
	SYSTEM_V("semget"),
	SYSTEM_V("msgget"),
	SYSTEM_V("mq_open"),
	UNSEEN("io_uring_setup"),
	UNSEEN("io_uring_enter"),
	UNSEEN("io_uring_register"),
	/* It hides its flags from filters; the C library takes clone then. */
	{ .name = "clone3", .why = "a user namespace" },
	{ .name = "clone",
	    .why = "a user namespace",
	    .has_arg = true,
	    .arg = 0,
	    .mask = CLONE_NEWUSER,
	    .value = CLONE_NEWUSER },
	{ .name = "socket",
	    .why = "raw packets",
	    .has_arg = true,
	    .arg = 0,
	    .mask = ~0UL,
	    .value = AF_PACKET },
	{ .name = NULL },
};

/* All families of sockets but AF_UNIX, which is 1. */
#define NO_SOCKET(bit)                                                   \
	{                                                                \
		.name = "socket", .why = "the network", .has_arg = true, \
		.arg = 0, .mask = (bit), .value = (bit)                  \
	}

/* A descriptor's owner gets a signal when there is something to read. */
#define OWNER(call, number)                                                \
	{                                                                  \
		.name = call, .why = "signals by a descriptor",            \
		.has_arg = true, .arg = 1, .mask = ~0UL, .value = (number) \
	}

/*
 * What a command may not do beside that; one with network begins after the
 * network rows.  Others of this user are commands, too, and the server.
 */
static const struct jail_call command_denied[] = {
	NO_SOCKET(2),
	NO_SOCKET(4),
	NO_SOCKET(8),
	NO_SOCKET(16),
	NO_SOCKET(32),
	NO_SOCKET(64),
	PROCESSES("kill"),
	PROCESSES("tkill"),
	PROCESSES("tgkill"),
	PROCESSES("rt_sigqueueinfo"),
	PROCESSES("rt_tgsigqueueinfo"),
	PROCESSES("pidfd_send_signal"),
	PROCESSES("prlimit64"),
	OWNER("fcntl", F_SETOWN),
	OWNER("fcntl", F_SETOWN_EX),
	OWNER("fcntl", F_SETSIG),
	OWNER("ioctl", FIOSETOWN),
	OWNER("ioctl", SIOCSPGRP),
	PROCESSES("setpriority"),
	PROCESSES("ioprio_set"),
	PROCESSES("sched_setaffinity"),
	PROCESSES("sched_setattr"),
	PROCESSES("sched_setparam"),
	PROCESSES("sched_setscheduler"),
	{ .name = "setsid", .why = "its group is how it is ended" },
	{ .name = "setpgid", .why = "its group is how it is ended" },
	{ .name = NULL },
};

#define NETWORK_ROWS 6
#define COMMAND_FILES 256

static const struct jail commands[] = {
	{
	    .name = "command",
	    .denied = command_denied,
	    .open_files = COMMAND_FILES,
	    .processes = true,
	},
	{
	    .name = "command with network",
	    .denied = command_denied + NETWORK_ROWS,
	    .open_files = COMMAND_FILES,
	    .processes = true,
	},
};

static const struct jail lists = {
	.name = "lists",
	.denied = denied,
	.processes = true, /* the server, and commands */
};

/* Lists and commands, and what commands need, can be anywhere. */
static const struct jail_path paths[] = {
	{ "/", false },
	/* Where a script sends what nobody wants to read. */
	{ "/dev/null", true },
};

#define PATHS (sizeof(paths) / sizeof(paths[0]))

static struct jail_filter *command_filters[2]; /* live until exit */

int
jail_command_prepare(char what[128])
{
	for (size_t i = 0; i < 2; i++)
		if (command_filters[i] == NULL &&
		    jail_prepare(&commands[i], &command_filters[i], what) == -1)
			return -1;
	return 0;
}

int
jail_command_enter(bool network, char what[128])
{
	size_t i = network ? 1 : 0;

	return jail_enter(
	    &commands[i], command_filters[i], paths, PATHS, NULL, what);
}

int
jail_lists(char what[128])
{
	struct jail_filter *filter = NULL;
	int rv = -1;

	if (jail_prepare(&lists, &filter, what) == 0)
		rv = jail_enter(&lists, filter, paths, PATHS, NULL, what);
	jail_filter_free(filter);
	return rv;
}

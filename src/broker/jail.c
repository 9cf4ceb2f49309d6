/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/jail.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/jail.h"
#include "base/log.h"
#include "conf/zones.h"

#define ANY (~0UL)

/* What libc needs for memory, locks and its own end. */
#define EVERY_THREAD                                                          \
	{ .name = "futex", .why = "locks" },                                  \
	    { .name = "mmap", .why = "memory" },                              \
	    { .name = "munmap", .why = "memory" },                            \
	    { .name = "mremap", .why = "memory" },                            \
	    { .name = "mprotect", .why = "memory of a thread's arena" },      \
	    { .name = "madvise", .why = "memory, given back" },               \
	    { .name = "brk", .why = "memory" },                               \
	    { .name = "sysinfo", .why = "qsort of many" },                    \
	    { .name = "getrandom", .why = "memory's and libcrypto's start" }, \
	    { .name = "write", .why = "diagnostics and eventfd" },            \
	    { .name = "close", .why = "what was opened" },                    \
	    { .name = "clock_gettime", .why = "time, without the vdso" },     \
	    { .name = "restart_syscall", .why = "after a stop" },             \
	    { .name = "rt_sigprocmask", .why = "a thread's end" },            \
	    { .name = "rt_sigaction", .why = "abort" },                       \
	    { .name = "gettid", .why = "abort" },                             \
	    { .name = "getpid", .why = "abort, syslog" },                     \
	    { .name = "tgkill", .why = "abort" },                             \
	    { .name = "exit", .why = "a thread's end" },                      \
	    { .name = "exit_group", .why = "the end" },                       \
	    { .name = "socket",                                               \
		    .why = "syslog, should it restart",                       \
		    .has_arg = true,                                          \
		    .arg = 0,                                                 \
		    .mask = ANY,                                              \
		    .value = AF_UNIX },                                       \
	    { .name = "connect", .why = "syslog, should it restart" },        \
	    { .name = "sendto", .why = "messages, syslog" },                  \
	    { .name = "openat", .why = "the tree, and PINs' states" },        \
	    { .name = "newfstatat", .why = "the tree; syslog's time zone" },  \
	    { .name = "fstat", .why = "files that were opened" },             \
	    { .name = "read", .why = "files and eventfd" },                   \
	    { .name = "pread64", .why = "files" },                            \
	{                                                                     \
		.name = "lseek", .why = "files"                               \
	}

static const struct jail_call loop_calls[] = {
	EVERY_THREAD,
	{ .name = "epoll_wait", .why = "the loop" },
	{ .name = "epoll_ctl", .why = "its sources" },
	{ .name = "recvmsg", .why = "messages with descriptors" },
	{ .name = "sendmsg", .why = "messages" },
	{ .name = "poll", .why = "the last message to the listener" },
	{ .name = "accept4", .why = "the admin's socket" },
	{ .name = "getsockopt", .why = "who the admin is" },
	{ .name = "geteuid", .why = "who the admin must be" },
	{ .name = "fcntl", .why = "channels that came" },
	{ .name = "unlink", .why = "a PIN that works again" },
	{ .name = "unlinkat", .why = "the admin's socket" },
	{ .name = "rename", .why = "a PIN that was refused" },
	{ .name = "fdatasync", .why = "the same" },
	{ .name = NULL },
};

static const struct jail_call journal_calls[] = {
	EVERY_THREAD,
	{ .name = "fdatasync", .why = "records" },
	{ .name = "ftruncate", .why = "a batch that failed" },
	{ .name = "fallocate", .why = "room, before it is written to" },
	{ .name = "pwrite64", .why = "the tree's hashes" },
	{ .name = "fsync", .why = "a new piece, and the folder" },
	{ .name = "flock", .why = "a new piece is ours" },
	{ .name = "link", .why = "a piece's own name" },
	{ .name = "linkat", .why = "the same" },
	{ .name = "rename", .why = "a piece becomes the log's file" },
	{ .name = "renameat", .why = "the same" },
	{ .name = "unlink", .why = "what a failed beginning left" },
	{ .name = "unlinkat", .why = "the same" },
	{ .name = "lstat", .why = "do both names lead to the piece?" },
	{ .name = "fstatfs", .why = "free space" },
	{ .name = NULL },
};

static const struct jail_call loader_calls[] = {
	EVERY_THREAD,
	{ .name = "getdents64", .why = "folders of the tree" },
	{ .name = "fcntl", .why = "fdopendir" },
	{ .name = "geteuid", .why = "whose file it must be" },
	{ .name = "statx", .why = "owner and mode" },
	{ .name = "readlink", .why = "the folder by its own name" },
	{ .name = "readlinkat", .why = "linked files" },
	{ .name = "fdatasync", .why = "what the running tree has" },
	{ .name = "rename", .why = "the same" },
	{ .name = "unlink", .why = "what could not be written as a whole" },
	{ .name = NULL },
};

static const struct jail_call archive_calls[] = {
	EVERY_THREAD,
	{ .name = "getdents64", .why = "pieces of the log" },
	{ .name = "fcntl", .why = "fdopendir" },
	{ .name = "poll", .why = "a second look at a line that is torn" },
	{ .name = "ppoll", .why = "the same" },
	{ .name = "fsync", .why = "a compressed piece, and the folder" },
	{ .name = "fdatasync", .why = "parts of one" },
	{ .name = "fadvise64", .why = "compared as it is on disk" },
	{ .name = "utimensat", .why = "a piece's time" },
	{ .name = "rename", .why = "a compressed piece that is complete" },
	{ .name = "renameat", .why = "the same" },
	{ .name = "unlink", .why = "what it replaces" },
	{ .name = "unlinkat", .why = "the same" },
	{ .name = NULL },
};

static const struct jail_call note_calls[] = {
	EVERY_THREAD,
	{ .name = "fdatasync", .why = "the newest checkpoint" },
	{ .name = "rename", .why = "the same" },
	{ .name = NULL },
};

static const struct jail_call store_calls[] = {
	EVERY_THREAD,
	{ .name = "pwrite64", .why = "the database" },
	{ .name = "fdatasync", .why = "its changes" },
	{ .name = "fsync", .why = "the same" },
	{ .name = "ftruncate", .why = "its log, shortened" },
	{ .name = "fcntl", .why = "its lock" },
	{ .name = "geteuid", .why = "whose its log is" },
	{ .name = "unlink", .why = "its log, at the end" },
	{ .name = NULL },
};

/* None of the threads may begin before the loop is jailed too. */
#define PARTIES 6

enum {
	LOOP,
	JOURNAL,
	LOADER,
	ARCHIVE,
	NOTE,
	STORE
};

static const struct jail jails[PARTIES] = {
	[LOOP] = { .name = "broker", .calls = loop_calls },
	[JOURNAL] = { .name = "journal", .calls = journal_calls },
	[LOADER] = { .name = "loader", .calls = loader_calls },
	[ARCHIVE] = { .name = "archive", .calls = archive_calls },
	[NOTE] = { .name = "note", .calls = note_calls },
	[STORE] = { .name = "store", .calls = store_calls },
};

/* Folders outside the tree that keys' files may come from. */
#define CERTIFICATE_FOLDERS 16
#define PATHS_MAX (6 + CERTIFICATE_FOLDERS)

static struct {
	struct jail_filter *filters[PARTIES];
	struct jail_path paths[PATHS_MAX];
	char folders[PATHS_MAX][PATH_MAX];
	size_t count, common; /* the first, which all but the archive see */
	pthread_barrier_t together;
} prepared;

/* A folder, or (of_file) the folder of a file, once. */
static void
add_path(const char *path, bool of_file, bool writable)
{
	char *folder = prepared.folders[prepared.count];
	const char *slash = strrchr(path, '/');
	size_t len = strlen(path);

	if (of_file && slash != NULL)
		len = slash == path ? 1 : (size_t)(slash - path);
	if (prepared.count == PATHS_MAX || len >= PATH_MAX)
		return;
	memcpy(folder, path, len);
	folder[len] = '\0';
	for (size_t i = 0; i < prepared.count; i++)
		if (strcmp(prepared.folders[i], folder) == 0 &&
		    prepared.paths[i].writable == writable)
			return;
	prepared.paths[prepared.count].path = folder;
	prepared.paths[prepared.count++].writable = writable;
}

/* Tenants' are below the tree's own folder, as many as there may be. */
static void
add_files(const struct tree *tree, size_t number)
{
	const struct generation *g = tree_generation(tree, number);

	for (int f = 0; g->key->tenant == NULL && f < KEY_FILES; f++) {
		const char *path =
		    tree_file_path(tree, number, (enum key_file)f);

		if (path != NULL && prepared.count + 1 < PATHS_MAX)
			add_path(path, true, false);
	}
}

int
jail_broker_prepare(const struct tree *tree, const char *dir, char what[128])
{
	const struct server_conf *server = tree_server(tree);

	for (int i = 0; i < PARTIES; i++)
		if (jail_prepare(&jails[i], &prepared.filters[i], what) == -1)
			return -1;
	if (pthread_barrier_init(&prepared.together, NULL, PARTIES) != 0) {
		snprintf(what, 128, "broker jail: no barrier");
		return -1;
	}
	/* The first, which is all that the archive sees. */
	add_path(server->audit_file, true, true);
	add_path(server->state_dir, false, true);
	add_path(server->run_dir, false, true);
	add_path(dir, false, false);
	add_path(CONF_ZONES, false, false);
	for (size_t i = 0; i < tree_generations(tree); i++)
		add_files(tree, i);
	/* The last, which only the loader sees: /etc/passwd is replaced now
	 * and then, and is looked at for the owners of tenants. */
	prepared.common = prepared.count;
	add_path("/etc", false, false);
	return 0;
}

static size_t
paths_of(int who)
{
	if (who == ARCHIVE)
		return 1;
	return who == LOADER ? prepared.count : prepared.common;
}

static int
enter(int who, char what[128])
{
	bool landlock;

	/* No limit on new threads before the last of them is there. */
	pthread_barrier_wait(&prepared.together);
	if (jail_enter(&jails[who], prepared.filters[who], prepared.paths,
		paths_of(who), &landlock, what) == -1)
		return -1;
	if (who == LOOP && !landlock)
		log_debug("this kernel has no Landlock; files are protected by "
			  "their modes only");
	return 0;
}

static void
gate(int who)
{
	char what[128];

	if (enter(who, what) == -1)
		log_fatal("%s", what);
}

void
jail_journal_gate(void *unused)
{
	(void)unused;
	gate(JOURNAL);
}

void
jail_loader_gate(void *unused)
{
	(void)unused;
	gate(LOADER);
}

void
jail_archive_gate(void *unused)
{
	(void)unused;
	gate(ARCHIVE);
}

void
jail_note_gate(void *unused)
{
	(void)unused;
	gate(NOTE);
}

void
jail_store_gate(void *unused)
{
	(void)unused;
	gate(STORE);
}

int
jail_broker_enter(char what[128])
{
	return enter(LOOP, what);
}

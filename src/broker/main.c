/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign-broker: policy, records, and the order in which requests are
 * served.  Started by countersignd with the listener's channel as descriptor
 * 3, the keeper's as 4 and the lists' as 5; with -t it only tests a tree.
 */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "broker/admin.h"
#include "broker/archive.h"
#include "broker/checkpoint.h"
#include "broker/differences.h"
#include "broker/drain.h"
#include "broker/jail.h"
#include "broker/loader.h"
#include "broker/log_watch.h"
#include "broker/records.h"
#include "broker/reload.h"
#include "broker/service.h"
#include "broker/store.h"
#include "broker/suspend.h"
#include "broker/tenants.h"
#include "conf/load.h"
#include "format/key_check.h"

#define LISTENER_FD 3
#define KEEPER_FD 4
#define LISTS_FD 5
/*
 * Our own: channels, the audit file, threads, an admin, a file of the tree,
 * pieces of the log that are read.
 */
#define SPARE_FILES 76
/*
 * Bytes from which on a block goes back to the system when it is freed, as
 * files and listings of a large tree do: the library would learn to keep them.
 */
#define MEMORY_LARGE (1 << 20)

struct options {
	const char *dir;
	bool test, debug, to_syslog;
};

/* What is made on the way up, for who comes after. */
struct start {
	struct loaded loaded;
	char host[65];
	struct record_origin origin;
	struct journal *journal;
	struct journal_opened opened;
	struct store *store;
	struct admin *admin;
	struct service *service;
	struct differences differences;
};

static int
parse_options(int argc, char **argv, struct options *ret)
{
	int c;

	ret->dir = CONF_DIR;
	while ((c = getopt(argc, argv, "C:dst")) != -1) {
		switch (c) {
		case 'C':
			ret->dir = optarg;
			break;
		case 'd':
			ret->debug = true;
			break;
		case 's':
			ret->to_syslog = true;
			break;
		case 't':
			ret->test = true;
			break;
		default:
			return -1;
		}
	}
	return optind == argc ? 0 : -1;
}

static void
print_error(void *arg, const struct text_error *error)
{
	(void)arg;
	if (error->line > 0)
		fprintf(stderr, "%s:%u: %s\n", error->file, error->line,
		    error->what);
	else
		fprintf(stderr, "%s: %s\n", error->file, error->what);
}

static int
test_tree(const char *dir)
{
	struct conf_source from = {
		.dir = dir,
		.check = key_file_check,
		.told = print_error,
	};
	struct tree *tree;

	from.formats = format_words(&from.format_count);
	if ((tree = conf_load_from(&from)) == NULL)
		return 1;
	tree_free(tree);
	return 0;
}

/* Only countersignd takes signals; a full disk is told by errno. */
static void
ignore_signals(void)
{
	static const int ignored[] = { SIGPIPE, SIGXFSZ, SIGINT, SIGTERM,
		SIGHUP };

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
}

/* A descriptor for each connection: as many as we may have. */
static void
raise_limits(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == -1)
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

/*
 * Without a descriptor left the next connection would take the listener's
 * channel with it, so that must never come.
 */
static int
check_limits(const struct tree *tree)
{
	size_t need = SPARE_FILES + tree_server(tree)->connections;
	struct rlimit files;

	for (size_t i = 0; i < tree_tokens(tree); i++)
		need += tree_token(tree, i)->workers;
	if (getrlimit(RLIMIT_NOFILE, &files) == -1 || files.rlim_cur >= need)
		return 0;
	log_warn("connections = %u takes %zu descriptors, and %llu are allowed "
		 "(ulimit -n, LimitNOFILE=)",
	    tree_server(tree)->connections, need,
	    (unsigned long long)files.rlim_cur);
	return -1;
}

static int
load(struct start *start, const char *dir)
{
	const char *line, *end;

	loaded_read(&start->loaded, dir, NULL);
	line = buf_at(&start->loaded.text);
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1)
		log_warn("%.*s", (int)(end - line), line);
	return start->loaded.tree != NULL ? 0 : -1;
}

/* Was the listener started by another user (root) than we are? */
static bool
is_separated(void)
{
	uid_t uid;
	pid_t pid;

	return channel_peer(LISTENER_FD, &uid, &pid) == 0 && uid != getuid();
}

/* What needs the file system: journal first, its lock keeps others away. */
static int
open_files(struct start *start)
{
	const struct server_conf *server = tree_server(start->loaded.tree);
	const struct journal_conf conf = {
		.file = server->audit_file,
		.state_dir = server->state_dir,
		.rotate_size = server->rotate_size,
		.rotate_age = server->rotate_age,
	};
	struct text_error error = { .line = 0 };

	if (gethostname(start->host, sizeof(start->host) - 1) == -1)
		text_copy(start->host, sizeof(start->host), "-");
	start->origin.host = start->host;
	start->origin.pid = (unsigned)getpid();
	start->journal =
	    journal_open(&conf, &start->origin, &start->opened, &error);
	if (start->journal == NULL) {
		log_warn("%s: %s", server->audit_file, error.what);
		return -1;
	}
	start->store = store_open(server->state_dir, &error);
	if (start->store == NULL) {
		log_warn("%s/state.db: %s", server->state_dir, error.what);
		return -1;
	}
	start->admin = admin_new(server->run_dir, &error);
	if (start->admin == NULL) {
		log_warn("%s/admin.sock: %s", server->run_dir, error.what);
		return -1;
	}
	return 0;
}

static void
on_closed(void *arg)
{
	struct service *service = arg;

	archive_rotated(service->archive, journal_piece(service->journal));
}

static int
start_archive(struct service *service)
{
	const struct server_conf *server = tree_server(service->tree);

	service->archive = archive_new(
	    service->loop, server->audit_file, jail_archive_gate, NULL);
	if (service->archive == NULL)
		return -1;
	archive_compress_after(service->archive, server->compress_after);
	archive_rotated(service->archive, journal_piece(service->journal));
	journal_on_closed(service->journal, on_closed, service);
	return 0;
}

static int
start_log_watch(struct service *service)
{
	service->log_watch = log_watch_new(service->journal);
	if (service->log_watch == NULL)
		return -1;
	log_watch_limit(
	    service->log_watch, tree_server(service->tree)->warn_free);
	return 0;
}

/* What the state says, to who keeps it in memory from now on. */
static int
load_state(struct start *start)
{
	struct service *service = start->service;
	struct text_error error = { .line = 0 };

	service->store = start->store;
	if (suspend_load(service, &error) == 0 &&
	    budgets_load(
		&service->budgets, start->store, service->loop, &error) == 0 &&
	    repeats_load(
		&service->repeats, start->store, service_now(), &error) == 0)
		return 0;
	log_warn("%s/state.db: %s", tree_server(service->tree)->state_dir,
	    error.what);
	return -1;
}

/* The service and its threads, jailed. */
static int
make_service(struct start *start, const char *dir)
{
	char what[128];
	struct service *service;

	service = service_new(
	    dir, start->loaded.tree, start->loaded.fingerprint, start->journal);
	if (service == NULL) {
		log_warn("no memory");
		return -1;
	}
	start->service = service;
	service->prints = start->loaded.prints;
	start->loaded.prints = NULL;
	service->admin = start->admin;
	service->opened = start->opened;
	service->separated = is_separated();
	differences_find(tree_server(service->tree)->state_dir, service->tree,
	    &start->differences);
	service->compared = start->differences.known;
	service->changes = start->differences.count;
	if (load_state(start) == -1)
		return -1;
	if (jail_broker_prepare(service->tree, dir, what) == -1) {
		log_warn("%s", what);
		return -1;
	}
	if (journal_start(start->journal, service->loop, jail_journal_gate,
		NULL, service_freed, service) == -1 ||
	    (service->reload = reload_new(service, jail_loader_gate, NULL)) ==
		NULL ||
	    start_archive(service) == -1 || start_log_watch(service) == -1 ||
	    checkpoints_start(service->checkpoints, jail_note_gate, NULL) ==
		-1 ||
	    store_start(service->store, service->loop, jail_store_gate, NULL) ==
		-1 ||
	    admin_start(service->admin, service) == -1) {
		log_warn("%s", strerror(errno));
		return -1;
	}
	if (jail_broker_enter(what) == -1) {
		log_warn("%s", what);
		return -1;
	}
	return 0;
}

static int
run(const char *dir)
{
	static struct start start;
	int status;

	if (load(&start, dir) == -1 || check_limits(start.loaded.tree) == -1 ||
	    open_files(&start) == -1 || make_service(&start, dir) == -1)
		return 1;
	record_start(start.service);
	tenants_taken(start.service, NULL, start.service->tree);
	reload_start(start.service->reload, &start.loaded, &start.differences);
	loaded_release(&start.loaded);
	malloc_trim(0);
	log_watch_begin(start.service->log_watch, start.opened.last_us);
	if (service_start(start.service, LISTENER_FD, KEEPER_FD, LISTS_FD) ==
	    -1) {
		log_warn("the channels to listener, keeper and lists: %s",
		    strerror(errno));
		return 1;
	}
	if (loop_run(start.service->loop) == -1)
		log_fatal("the loop: %s", strerror(errno));
	status = start.service->exit;
	service_free(start.service);
	return status;
}

int
main(int argc, char **argv)
{
	struct options options = { .dir = NULL };

	if (parse_options(argc, argv, &options) == -1) {
		fprintf(
		    stderr, "usage: countersign-broker [-dst] [-C folder]\n");
		return 64;
	}
	log_init("countersign-broker", options.to_syslog, options.debug);
	ignore_signals();
	raise_limits();
	mallopt(M_MMAP_THRESHOLD, MEMORY_LARGE);
	mallopt(M_TRIM_THRESHOLD, MEMORY_LARGE);
	return options.test ? test_tree(options.dir) : run(options.dir);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that any peer can say, in any order, against a whole service:
 * two sessions (the first is logged in), a worker that is, listener, keeper,
 * an admin, the keeper of the lists and its server.  The input is chunks: u8
 * who, u16 length, the message.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/admin.h"
#include "broker/archive.h"
#include "broker/loader.h"
#include "broker/reload.h"
#include "broker/service.h"
#include "wire/control.h"
#include "wire/login.h"
#include "wire/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);
int LLVMFuzzerInitialize(int *argc, char ***argv);

enum {
	SESSION,
	NEWCOMER,
	WORKER,
	LISTENER,
	KEEPER,
	ADMIN,
	LISTS,
	LISTS_SERVER,
	PEERS
};

static char dir[64];
static int ends[PEERS];
static struct service *service;
static const struct record_origin origin = { "host", 1 };

#define CLIENT \
	"AAAAC3NzaC1lZDI1NTE5AAAAIIfrl98NaCitwc+gQ2PtkPqjPixgfMU1nVfGcJqth/HF"
#define DEVICE \
	"AAAAC3NzaC1lZDI1NTE5AAAAIIJqaVrdYwX6W7lrFLtTqu7ssvCkJNlaM7WtdzA/t6/m"

static void
put(const char *name, const char *text)
{
	char path[128], *slash;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if ((slash = strchr(path + strlen(dir) + 1, '/')) != NULL) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	if (text[0] == '\0')
		return;
	if ((file = fopen(path, "w")) == NULL)
		abort();
	fputs(text, file);
	fclose(file);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void
drop_tree(void)
{
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void
make_tree(void)
{
	/* Records are synced: memory is faster, where it can be had. */
	strcpy(dir, "/dev/shm/countersign-fuzz.XXXXXX");
	if (mkdtemp(dir) == NULL) {
		strcpy(dir, "/tmp/countersign-fuzz.XXXXXX");
		if (mkdtemp(dir) == NULL)
			abort();
	}
	put("countersign.conf",
	    "[server]\nstate-dir = state\nrun-dir = run\n[limits]\n"
	    "channels = 8\n[audit]\nfile = log\n");
	put("state/", "");
	put("run/", "");
	put("tokens.d/t.conf",
	    "[token t]\nmodule = /m.so\ntoken = t\npin-file = pin\n");
	put("keys.d/k.conf",
	    "[key k]\ntoken = t\nobject = pkcs11:object=k\nuse = raw\n");
	put("profiles.d/p.conf",
	    "[profile p]\nkeys = k\nnames = ok*\nmax-lines = 200\nenv = CI\n"
	    "default = sign -f raw\nlog = all\n"
	    "[profile q]\nrequire-second = p\n");
	put("authorized_keys.d/a",
	    "profile=\"p\" ssh-ed25519 " CLIENT " a\n"
	    "profile=\"q\" ssh-ed25519 " DEVICE " b\n");
	atexit(drop_tree);
}

static void
stop(void *arg)
{
	loop_stop(arg);
}

/* Lets the service do what there is to do. */
static void
run(void)
{
	struct loop_timer *timer;

	for (int i = 0; i < 2 && service->exit == 0; i++) {
		timer = loop_timer_new(service->loop, stop, service->loop);
		loop_timer_set(timer, clock_mono_us());
		loop_run(service->loop);
		loop_timer_free(timer);
	}
}

static struct writer
begin(uint8_t *space)
{
	struct writer w;

	writer_init(&w, space, CHANNEL_MAX);
	return w;
}

static void
send_with_fd(int end, const struct writer *w, int *ret)
{
	int pair[2];

	if (channel_pair(pair, true) == -1)
		abort();
	channel_send_fds(end, w->start, w->used, &pair[1], 1);
	close(pair[1]);
	*ret = pair[0];
}

static void
add_session(uint8_t *space, uint64_t number, int *ret)
{
	struct session_new from = { .connection = number,
		.address = "127.0.0.1" };
	struct writer w = begin(space);

	session_new_put(&w, &from);
	send_with_fd(ends[LISTENER], &w, ret);
}

static void
add_worker(uint8_t *space)
{
	struct worker_started started = { .worker = 0 };
	struct token_state state = { .reason = REASON_OK };
	struct key_facts facts = { .type = KEY_P256,
		.bits = 256,
		.mechs = mech_bit(MECH_ECDSA, HASH_SHA256),
		.spki = "spki",
		.spki_len = 4 };
	struct writer w = begin(space);

	worker_started_put(&w, &started);
	send_with_fd(ends[KEEPER], &w, &ends[WORKER]);
	w = begin(space);
	token_state_put(&w, &state);
	channel_send(ends[WORKER], w.start, w.used);
	w = begin(space);
	key_facts_put(&w, &facts);
	channel_send(ends[WORKER], w.start, w.used);
	run();
}

static void
add_lists_server(uint8_t *space)
{
	struct writer w = begin(space);

	bare_put(&w, WIRE_LISTS_SERVER);
	send_with_fd(ends[LISTS], &w, &ends[LISTS_SERVER]);
	run();
}

static void
log_in(uint8_t *space)
{
	struct key_query query = { .proven = true, .user = "sign" };
	struct writer w = begin(space);

	base64_decode(CLIENT, strlen(CLIENT), query.blob, sizeof(query.blob),
	    &query.blob_len);
	key_query_put(&w, &query);
	channel_send(ends[SESSION], w.start, w.used);
	run();
}

static void
add_admin(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path),
	    "%s/run/admin.sock", dir);
	ends[ADMIN] =
	    socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (connect(ends[ADMIN], (struct sockaddr *)&address,
		sizeof(address)) == -1)
		abort();
}

static void
forget(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
}

static void
start(void)
{
	static uint8_t space[CHANNEL_MAX];
	char run_dir[80], log[80];
	struct text_error error;
	struct loaded loaded;
	struct journal *journal;
	int listener[2], keeper[2], lists[2];
	struct journal_opened opened;
	const struct journal_conf conf = { .file = log, .state_dir = dir };

	snprintf(run_dir, sizeof(run_dir), "%s/run", dir);
	snprintf(log, sizeof(log), "%s/log", dir);
	forget("log");
	forget("log.000000000001");
	forget("tree");
	loaded_read(&loaded, dir, NULL);
	if (loaded.tree == NULL) {
		fprintf(stderr, "%s", buf_at(&loaded.text));
		abort();
	}
	journal = journal_open(&conf, &origin, &opened, &error);
	service = service_new(dir, loaded.tree, loaded.fingerprint, journal);
	loaded_release(&loaded);
	service->admin = admin_new(run_dir, &error);
	service->reload = reload_new(service, NULL, NULL);
	service->archive = archive_new(service->loop, log, NULL, NULL);
	if (journal_start(journal, service->loop, NULL, NULL, service_freed,
		service) == -1 ||
	    service->archive == NULL ||
	    admin_start(service->admin, service) == -1 ||
	    channel_pair(listener, true) == -1 ||
	    channel_pair(keeper, true) == -1 || channel_pair(lists, true) == -1)
		abort();
	ends[LISTENER] = listener[0];
	ends[KEEPER] = keeper[0];
	ends[LISTS] = lists[0];
	service_start(service, listener[1], keeper[1], lists[1]);
	add_session(space, 1, &ends[SESSION]);
	add_session(space, 2, &ends[NEWCOMER]);
	add_worker(space);
	add_lists_server(space);
	log_in(space);
	add_admin();
}

static void
drain_ends(void)
{
	static uint8_t in[CHANNEL_MAX];

	for (int i = 0; i < PEERS; i++)
		while (recv(ends[i], in, sizeof(in), MSG_DONTWAIT) > 0)
			;
}

/* The diagnostics of thousands of peers are nobody's news. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char quiet[] = "-close_fd_mask=2";
	char **more = calloc((size_t)*argc + 2, sizeof(char *));

	if (more == NULL)
		abort();
	memcpy(more, *argv, (size_t)*argc * sizeof(char *));
	more[(*argc)++] = quiet;
	*argv = more;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (dir[0] == '\0')
		make_tree();
	start();
	while (size >= 3 && service->exit == 0) {
		size_t len = (size_t)data[1] << 8 | data[2];

		len = len < size - 3 ? len : size - 3;
		channel_send(ends[data[0] % PEERS], data + 3, len);
		if ((data[0] & 0x80) == 0)
			run();
		drain_ends();
		data += 3 + len;
		size -= 3 + len;
	}
	run();
	service_free(service);
	for (int i = 0; i < PEERS; i++)
		close(ends[i]);
	return 0;
}

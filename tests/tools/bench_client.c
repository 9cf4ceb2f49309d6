/* SPDX-License-Identifier: Apache-2.0 */
/* tool-links: -lssh */
/*
 * The light client: short connections, many at a time.
 *
 *	oneshot	each of -c processes connects, logs in, sends the line, reads
 *		its answer and leaves, again and again until -n connections
 *		are made or -t seconds are over
 *	asks	the same, but each process logs in once and has a channel for
 *		each line
 *	idle	-n connections log in and wait; says "ready" on standard
 *		output and ends when standard input ends
 *
 * An answer that does not hold the line's first word, an exit status other
 * than 0 or a failed login counts as failed.  With -f the input is a file's
 * bytes, and the answer must be DER.  Without a command the login is all that
 * is measured.
 */
#include <libssh/libssh.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define ANSWER_MAX 4096
#define CLIENTS_MAX 64
#define LINE_MAX_SIZE 4096

struct options {
	const char *mode;
	int port;
	const char *user;
	const char *key_file;
	const char *line; /* with its LF */
	char bytes[LINE_MAX_SIZE]; /* with -f, instead of it */
	size_t len; /* of what is sent */
	long count; /* connections, all processes together */
	long seconds;
	int clients;
	const char *command; /* or NULL */
	ssh_key key;
};

/* Shared by the processes: each fills its own part of us. */
struct results {
	volatile long next; /* the next connection's number */
	uint64_t us[]; /* 0: failed or not run */
};

static const char usage[] =
    "usage: bench_client oneshot|asks|idle -p port -u user -i key\n"
    "           [-l line | -f file] [-n count] [-t seconds] [-c clients]\n"
    "           [command]\n";

static ssh_session
login(const struct options *o)
{
	ssh_session s = ssh_new();
	const int off = 0, on = 1;

	if (s == NULL)
		return NULL;
	ssh_options_set(s, SSH_OPTIONS_PROCESS_CONFIG, &off);
	ssh_options_set(s, SSH_OPTIONS_HOST, "127.0.0.1");
	ssh_options_set(s, SSH_OPTIONS_PORT, &o->port);
	ssh_options_set(s, SSH_OPTIONS_USER, o->user);
	ssh_options_set(s, SSH_OPTIONS_NODELAY, &on);
	ssh_options_set(s, SSH_OPTIONS_KEY_EXCHANGE, "curve25519-sha256");
	ssh_options_set(s, SSH_OPTIONS_HOSTKEYS, "ssh-ed25519");
	ssh_options_set(
	    s, SSH_OPTIONS_CIPHERS_C_S, "chacha20-poly1305@openssh.com");
	ssh_options_set(
	    s, SSH_OPTIONS_CIPHERS_S_C, "chacha20-poly1305@openssh.com");
	if (ssh_connect(s) == SSH_OK &&
	    ssh_userauth_publickey(s, NULL, o->key) == SSH_AUTH_SUCCESS)
		return s;
	fprintf(stderr, "bench_client: %s\n", ssh_get_error(s));
	ssh_disconnect(s);
	ssh_free(s);
	return NULL;
}

/* Reads to the end, keeps the first bytes of standard output; how many. */
static size_t
read_answer(ssh_channel ch, char ret[ANSWER_MAX])
{
	size_t len = 0;
	int n;

	while (len < ANSWER_MAX - 1) {
		n = ssh_channel_read(
		    ch, ret + len, (uint32_t)(ANSWER_MAX - 1 - len), 0);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	ret[len] = '\0';
	return len;
}

static bool
answer_fits(const struct options *o, const char *answer, size_t len)
{
	size_t word = strcspn(o->line, " \n");

	if (o->line == o->bytes)
		return len > 2 && answer[0] == 0x30;
	return strncmp(answer, o->line, word) == 0 && answer[word] == ' ' &&
	    strchr(answer, '\n') != NULL && strchr(answer, '!') == NULL;
}

/* A warning on standard error would leave the channel open for ever. */
static void
drop_messages(ssh_channel ch)
{
	char text[1024];
	int n;

	while ((n = ssh_channel_read(ch, text, sizeof(text) - 1, 1)) > 0)
		fprintf(stderr, "bench_client: server: %.*s", n, text);
}

static bool
ask_line(ssh_session s, const struct options *o)
{
	char answer[ANSWER_MAX];
	size_t len;
	ssh_channel ch = ssh_channel_new(s);
	bool ok = false;

	if (ch == NULL || ssh_channel_open_session(ch) != SSH_OK)
		goto out;
	if (ssh_channel_request_exec(ch, o->command) != SSH_OK)
		goto out;
	ssh_channel_write(ch, o->line, (uint32_t)o->len);
	ssh_channel_send_eof(ch);
	len = read_answer(ch, answer);
	drop_messages(ch);
	ok =
	    ssh_channel_get_exit_status(ch) == 0 && answer_fits(o, answer, len);
out:
	ssh_channel_free(ch);
	return ok;
}

static void
leave(ssh_session s)
{
	if (s == NULL)
		return;
	ssh_disconnect(s);
	ssh_free(s);
}

static bool
connect_once(const struct options *o)
{
	ssh_session s = login(o);
	bool ok;

	if (s == NULL)
		return false;
	ok = o->command == NULL || ask_line(s, o);
	leave(s);
	return ok;
}

static void
run_client(const struct options *o, struct results *r, uint64_t end_us)
{
	bool stays = strcmp(o->mode, "asks") == 0;
	ssh_session s = stays ? login(o) : NULL;
	uint64_t start;
	long i;

	while (clock_mono_us() < end_us && (s != NULL || !stays)) {
		i = __atomic_fetch_add(&r->next, 1, __ATOMIC_RELAXED);
		if (i >= o->count)
			break;
		start = clock_mono_us();
		if (stays ? ask_line(s, o) : connect_once(o))
			r->us[i] = clock_mono_us() - start;
	}
	leave(s);
}

static int
by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
report(const struct options *o, struct results *r, uint64_t took_us)
{
	long done = r->next < o->count ? r->next : o->count;
	long failed = 0, ok;
	struct rusage ru;
	double cpu;

	qsort(r->us, (size_t)done, sizeof(r->us[0]), by_value);
	while (failed < done && r->us[failed] == 0)
		failed++;
	ok = done - failed;
	getrusage(RUSAGE_CHILDREN, &ru);
	cpu = (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1e3 +
	    (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e3;
	printf("ok=%ld failed=%ld seconds=%.3f rate=%.2f cpu_ms=%.1f", ok,
	    failed, (double)took_us / 1e6, (double)ok * 1e6 / (double)took_us,
	    cpu);
	if (ok > 0)
		printf(" p50_ms=%.3f p99_ms=%.3f",
		    (double)r->us[failed + ok / 2] / 1e3,
		    (double)r->us[failed + (ok * 99) / 100] / 1e3);
	printf("\n");
}

static int
run_oneshot(const struct options *o)
{
	size_t size = sizeof(struct results) + (size_t)o->count * 8;
	struct results *r;
	uint64_t start = clock_mono_us();
	uint64_t end = start + (uint64_t)o->seconds * 1000000;

	r = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	    -1, 0);
	if (r == MAP_FAILED)
		return 1;
	for (int i = 0; i < o->clients; i++) {
		if (fork() == 0) {
			run_client(o, r, end);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	report(o, r, clock_mono_us() - start);
	return 0;
}

/* One process's share of the idle connections: true when all are in. */
static bool
hold_idle(const struct options *o, long share)
{
	for (long i = 0; i < share; i++) {
		if (login(o) == NULL)
			return false;
	}
	return true;
}

/*
 * Each child says one byte when its share is in, and waits for the end of
 * the parent's standard input.
 */
static int
run_idle(const struct options *o)
{
	long per = (o->count + o->clients - 1) / o->clients;
	char byte = 'x', said[CLIENTS_MAX];
	int done[2], in = 0;

	if (pipe(done) == -1)
		return 1;
	for (int i = 0; i < o->clients; i++) {
		if (fork() == 0) {
			if (hold_idle(o, per))
				(void)!write(done[1], &byte, 1);
			close(done[1]);
			while (read(STDIN_FILENO, &byte, 1) > 0)
				;
			_exit(0);
		}
	}
	close(done[1]);
	while (in < o->clients && read(done[0], said, 1) == 1)
		in++;
	printf("%s connections=%ld\n", in == o->clients ? "ready" : "failed",
	    per * o->clients);
	fflush(stdout);
	while (wait(NULL) > 0)
		;
	return 0;
}

static bool
take_file(struct options *o, const char *path)
{
	FILE *f = fopen(path, "r");

	if (f == NULL)
		return false;
	o->len = fread(o->bytes, 1, sizeof(o->bytes), f);
	o->line = o->bytes;
	fclose(f);
	return o->len > 0;
}

static bool
options_parse(struct options *o, int argc, char **argv)
{
	int c;

	if (argc < 2)
		return false;
	o->mode = argv[1];
	optind = 2;
	while ((c = getopt(argc, argv, "p:u:i:l:f:n:t:c:")) != -1) {
		if (c == 'p')
			o->port = atoi(optarg);
		else if (c == 'u')
			o->user = optarg;
		else if (c == 'i')
			o->key_file = optarg;
		else if (c == 'l')
			o->len = strlen(o->line = optarg);
		else if (c == 'f' && !take_file(o, optarg))
			return false;
		else if (c == 'n')
			o->count = atol(optarg);
		else if (c == 't')
			o->seconds = atol(optarg);
		else if (c == 'c')
			o->clients = atoi(optarg);
		else if (c != 'f')
			return false;
	}
	o->command = optind < argc ? argv[optind] : NULL;
	return o->port > 0 && o->user != NULL && o->key_file != NULL &&
	    o->count > 0 && o->clients > 0 && o->clients <= CLIENTS_MAX;
}

int
main(int argc, char **argv)
{
	struct options o = { .count = 1000,
		.seconds = 3600,
		.clients = 1,
		.line = "\n",
		.len = 1 };

	if (!options_parse(&o, argc, argv)) {
		fputs(usage, stderr);
		return 64;
	}
	signal(SIGPIPE, SIG_IGN);
	if (ssh_pki_import_privkey_file(o.key_file, NULL, NULL, NULL, &o.key) !=
	    SSH_OK) {
		fprintf(stderr, "bench_client: %s: no key\n", o.key_file);
		return 1;
	}
	if (strcmp(o.mode, "oneshot") == 0 || strcmp(o.mode, "asks") == 0)
		return run_oneshot(&o);
	if (strcmp(o.mode, "idle") == 0)
		return run_idle(&o);
	fputs(usage, stderr);
	return 64;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* tool-links: -lssh -lcrypto */
/*
 * The light client with one long connection.
 *
 *	batch	writes -n lines as fast as the window allows while it reads
 *		the answers; with -t it leaves after that time, whatever is
 *		unanswered then
 *	ping	-n times (or for -t seconds): one line, then wait for its
 *		answer
 *
 * Line i is the SHA-256 of i's decimal text and the name build/%08d.bin; with
 * -k blake2b the digest is that one, with -k state the hash's state behind that
 * text.  An answer must hold its line's digest, in order; a missing or refused
 * one, or an exit status other than 0, makes the run failed=1.  With -w one
 *text answers all lines together.  "at LINES" is printed when that many answers
 *are in, so that others can look at that moment.
 */
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

#define LINE_SIZE 512
#define PIECE ((size_t)32768)
#define HEX_MAX ((size_t)2 * EVP_MAX_MD_SIZE)
#define MILESTONE 10000

enum kind {
	KIND_SHA256,
	KIND_BLAKE2B,
	KIND_STATE,
};

struct options {
	const char *mode;
	int port;
	const char *user;
	const char *key_file;
	const char *command;
	long count;
	long seconds; /* 0: until count */
	enum kind kind;
	bool whole;
};

struct stream {
	ssh_channel ch;
	struct buf in; /* answers not yet looked at */
	struct buf out; /* lines not yet written */
	long made; /* lines put into out */
	long answered;
	long limit;
	enum kind kind;
	bool whole; /* one answer for all */
	size_t bytes; /* of it */
	uint64_t stop_us;
	bool quiet_end; /* EOF was sent */
	bool wrong;
	bool closed;
	int status;
};

static const char usage[] =
    "usage: bench_stream batch|ping -p port -u user -i key [-n lines]\n"
    "           [-t seconds] [-k sha256|blake2b|state] [-w] command\n";

/* Its length. */
static size_t
digest_of(enum kind kind, long i, char ret[HEX_MAX + 1])
{
	uint8_t md[EVP_MAX_MD_SIZE];
	unsigned len = SHA256_DIGEST_LENGTH;
	char text[24];
	size_t n = (size_t)snprintf(text, sizeof(text), "%ld", i);

	if (kind == KIND_BLAKE2B)
		EVP_Digest(text, n, md, &len, EVP_blake2b512(), NULL);
	else
		SHA256((const uint8_t *)text, n, md);
	hex_encode(md, len, ret);
	return 2 * (size_t)len;
}

/* Nothing but the text was hashed: it is what fills no block yet. */
static size_t
state_of(long i, char *ret)
{
	static const char first[] =
	    "sha256-state:"
	    "6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19";
	uint8_t text[24];
	char hex[2 * sizeof(text) + 1];
	size_t n = (size_t)snprintf((char *)text, sizeof(text), "%ld", i);

	hex_encode(text, n, hex);
	return (size_t)sprintf(ret, "%s%016zx%s", first, n, hex);
}

static size_t
line_make(enum kind kind, long i, char ret[LINE_SIZE])
{
	size_t len =
	    kind == KIND_STATE ? state_of(i, ret) : digest_of(kind, i, ret);

	return len + (size_t)sprintf(ret + len, "  build/%08ld.bin\n", i);
}

static bool
answer_fits(enum kind kind, long i, const char *line, size_t len)
{
	char hex[HEX_MAX + 1], name[LINE_SIZE];
	size_t n;

	/* The client knows no digest. */
	if (kind == KIND_STATE) {
		n = (size_t)sprintf(name, "  build/%08ld.bin", i);
		return len > 2 * n && memcmp(line + len - n, name, n) == 0 &&
		    memchr(line, '!', len) == NULL;
	}
	n = digest_of(kind, i, hex);
	return len > n + 3 && memcmp(line, hex, n) == 0 && line[n] == ' ' &&
	    line[n + 2] != '!';
}

static void
take_answers(struct stream *st)
{
	const char *line, *lf;

	for (;;) {
		line = buf_at(&st->in);
		if (buf_len(&st->in) == 0 ||
		    (lf = memchr(line, '\n', buf_len(&st->in))) == NULL)
			return;
		if (!answer_fits(
			st->kind, st->answered, line, (size_t)(lf - line)))
			st->wrong = true;
		if (++st->answered % MILESTONE == 0) {
			printf("at %ld\n", st->answered);
			fflush(stdout);
		}
		buf_consume(&st->in, (size_t)(lf - line) + 1);
	}
}

static int
on_data(ssh_session s, ssh_channel ch, void *data, uint32_t len, int is_stderr,
    void *arg)
{
	struct stream *st = arg;

	(void)s;
	(void)ch;
	if (is_stderr) {
		fprintf(stderr, "bench_stream: server: %.*s", (int)len,
		    (const char *)data);
	} else if (st->whole) {
		st->bytes += len;
	} else {
		buf_add(&st->in, data, len);
		take_answers(st);
	}
	return (int)len;
}

static void
on_exit_status(ssh_session s, ssh_channel ch, int status, void *arg)
{
	struct stream *st = arg;

	(void)s;
	(void)ch;
	st->status = status;
}

static void
on_close(ssh_session s, ssh_channel ch, void *arg)
{
	struct stream *st = arg;

	(void)s;
	(void)ch;
	st->closed = true;
}

static ssh_session
login(const struct options *o)
{
	ssh_session s = ssh_new();
	const int off = 0, on = 1;
	ssh_key key = NULL;

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
	if (ssh_pki_import_privkey_file(o->key_file, NULL, NULL, NULL, &key) ==
		SSH_OK &&
	    ssh_connect(s) == SSH_OK &&
	    ssh_userauth_publickey(s, NULL, key) == SSH_AUTH_SUCCESS)
		return s;
	fprintf(stderr, "bench_stream: %s\n", ssh_get_error(s));
	return NULL;
}

static void
make_lines(struct stream *st)
{
	char line[LINE_SIZE];

	while (buf_len(&st->out) < PIECE && st->made < st->limit)
		buf_add(&st->out, line, line_make(st->kind, st->made++, line));
}

static bool
time_is_over(const struct stream *st)
{
	return st->stop_us != 0 && clock_mono_us() > st->stop_us;
}

/* Writes what the window takes now, whole pieces while there is more. */
static void
write_lines(ssh_session s, struct stream *st)
{
	size_t room, len;
	int n;

	while (!(ssh_get_status(s) & SSH_WRITE_PENDING)) {
		make_lines(st);
		room = ssh_channel_window_size(st->ch);
		len = buf_len(&st->out);
		len = len < room ? len : room;
		len = len < PIECE ? len : PIECE;
		if (len == 0)
			break;
		n = ssh_channel_write(st->ch, buf_at(&st->out), (uint32_t)len);
		if (n <= 0)
			break;
		buf_consume(&st->out, (size_t)n);
	}
	if (!st->quiet_end && st->made == st->limit && buf_len(&st->out) == 0) {
		ssh_channel_send_eof(st->ch);
		st->quiet_end = true;
	}
}

static double
cpu_ms(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1e3 +
	    (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e3;
}

static int
run_batch(ssh_session s, struct stream *st)
{
	struct ssh_channel_callbacks_struct cb = {
		.userdata = st,
		.channel_data_function = on_data,
		.channel_exit_status_function = on_exit_status,
		.channel_close_function = on_close,
	};
	ssh_event ev = ssh_event_new();
	uint64_t start = clock_mono_us(), took;
	bool failed;

	ssh_callbacks_init(&cb);
	ssh_set_channel_callbacks(st->ch, &cb);
	ssh_set_blocking(s, 0);
	ssh_event_add_session(ev, s);
	while (!st->closed && !time_is_over(st)) {
		write_lines(s, st);
		if (ssh_event_dopoll(ev, 1000) == SSH_ERROR)
			st->closed = true;
	}
	took = clock_mono_us() - start;
	if (st->whole && st->bytes > 0 && st->status == 0)
		st->answered = st->limit;
	failed = st->wrong ||
	    (st->closed && (st->answered != st->limit || st->status != 0));
	printf("lines=%ld failed=%d status=%d seconds=%.3f rate=%.1f "
	       "cpu_ms=%.1f\n",
	    st->answered, failed, st->status, (double)took / 1e6,
	    (double)st->answered * 1e6 / (double)took, cpu_ms());
	return 0;
}

/* Blocking: one answer's line. */
static bool
read_line(struct stream *st)
{
	char text[2048];
	long before = st->answered;
	int n;

	while (st->answered == before) {
		n = ssh_channel_read(st->ch, text, sizeof(text), 0);
		if (n <= 0)
			return false;
		buf_add(&st->in, text, (size_t)n);
		take_answers(st);
	}
	return !st->wrong;
}

static int
by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int
run_ping(struct stream *st)
{
	uint64_t *us = calloc((size_t)st->limit, sizeof(*us)), start;
	char line[LINE_SIZE];
	size_t len;
	long n = 0;

	if (us == NULL)
		return 1;
	while (n < st->limit && !time_is_over(st)) {
		len = line_make(st->kind, n, line);
		start = clock_mono_us();
		ssh_channel_write(st->ch, line, (uint32_t)len);
		if (!read_line(st))
			break;
		us[n++] = clock_mono_us() - start;
	}
	ssh_channel_send_eof(st->ch);
	while (ssh_channel_read(st->ch, line, sizeof(line), 0) > 0)
		;
	st->status = ssh_channel_get_exit_status(st->ch);
	qsort(us, (size_t)n, sizeof(*us), by_value);
	printf("lines=%ld failed=%d", n, st->status != 0 || st->wrong);
	if (n > 0)
		printf(" p50_ms=%.3f p99_ms=%.3f max_ms=%.3f",
		    (double)us[n / 2] / 1e3, (double)us[n * 99 / 100] / 1e3,
		    (double)us[n - 1] / 1e3);
	printf("\n");
	free(us);
	return 0;
}

static bool
kind_parse(struct options *o, const char *word)
{
	static const char *const words[] = { "sha256", "blake2b", "state" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word, words[i]) == 0) {
			o->kind = (enum kind)i;
			return true;
		}
	}
	return false;
}

static bool
options_parse(struct options *o, int argc, char **argv)
{
	int c;

	if (argc < 2)
		return false;
	o->mode = argv[1];
	optind = 2;
	while ((c = getopt(argc, argv, "p:u:i:n:t:k:w")) != -1) {
		if (c == 'p')
			o->port = atoi(optarg);
		else if (c == 'u')
			o->user = optarg;
		else if (c == 'i')
			o->key_file = optarg;
		else if (c == 'n')
			o->count = atol(optarg);
		else if (c == 't')
			o->seconds = atol(optarg);
		else if (c == 'w')
			o->whole = true;
		else if (c != 'k' || !kind_parse(o, optarg))
			return false;
	}
	o->command = argv[optind];
	return o->port > 0 && o->user != NULL && o->key_file != NULL &&
	    o->count > 0 && o->command != NULL;
}

int
main(int argc, char **argv)
{
	struct options o = { .count = 500 };
	struct stream st = { .status = -1 };
	ssh_session s;

	if (!options_parse(&o, argc, argv)) {
		fputs(usage, stderr);
		return 64;
	}
	signal(SIGPIPE, SIG_IGN);
	if ((s = login(&o)) == NULL)
		return 1;
	buf_init(&st.in, 1 << 24);
	buf_init(&st.out, 1 << 20);
	st.limit = o.count;
	st.kind = o.kind;
	st.whole = o.whole;
	if (o.seconds > 0)
		st.stop_us = clock_mono_us() + (uint64_t)o.seconds * 1000000;
	st.ch = ssh_channel_new(s);
	if (ssh_channel_open_session(st.ch) != SSH_OK ||
	    ssh_channel_request_exec(st.ch, o.command) != SSH_OK) {
		fprintf(stderr, "bench_stream: %s\n", ssh_get_error(s));
		return 1;
	}
	if (strcmp(o.mode, "batch") == 0)
		return run_batch(s, &st);
	return run_ping(&st);
}

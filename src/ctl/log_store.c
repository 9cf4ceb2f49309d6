/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl log store: what a collector's syslog daemon runs.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "ctl/logs.h"
#include "review/store_run.h"

#define HOSTS_MAX 64
#define OPTIONS_MAX 64
#define TIME_MAX (365 * 86400)
#define INTERVAL 60
#define LOCK_TRIES 100 /* 100 ms each: a predecessor may be about to end */

/* What we say: many at once, few for ever. */
#define BURST 50
#define SECOND_US UINT64_C(1000000)

struct words {
	const char *log; /* NULL: stderr */
	char *hosts[HOSTS_MAX];
	char *ssh[OPTIONS_MAX];
	struct store_options store;
	struct ask_how ask;
	bool asks;
};

struct budget {
	const char *log;
	unsigned left;
	uint64_t filled_us, kept_back;
};

/* The file is opened for each line, so it may be rotated by anybody. */
static void
write_line(const char *log, const char *text)
{
	char when[CLOCK_TEXT];
	FILE *file = log != NULL ? fopen(log, "ae") : NULL;

	clock_text(clock_wall_us(), when);
	if (file == NULL) {
		fprintf(stderr, "countersignctl: %s\n", text);
		return;
	}
	fprintf(file, "%s countersignctl: %s\n", when, text);
	fclose(file);
}

static void
say(void *arg, const char *text)
{
	struct budget *b = arg;
	uint64_t now = clock_mono_us();

	if (now - b->filled_us >= SECOND_US) {
		if (b->left < BURST)
			b->left++;
		b->filled_us = now;
	}
	if (b->left == 0) {
		b->kept_back++;
		return;
	}
	b->left--;
	if (b->kept_back > 0) {
		char more[48];

		snprintf(
		    more, sizeof(more), "(%" PRIu64 " more)", b->kept_back);
		write_line(b->log, more);
	}
	b->kept_back = 0;
	write_line(b->log, text);
}

static const struct option options[] = {
	{ "host", required_argument, NULL, 'h' },
	{ "ask", required_argument, NULL, 'a' },
	{ "ssh-option", required_argument, NULL, 'o' },
	{ "ask-interval", required_argument, NULL, 'i' },
	{ "give-up-after", required_argument, NULL, 'g' },
	{ "log", required_argument, NULL, 'l' },
	{ NULL, 0, NULL, 0 },
};

/* One option: true, or false when its value is of no use. */
static bool
take_option(struct words *w, int option)
{
	switch (option) {
	case 'h':
		if (w->store.host_count == HOSTS_MAX)
			return false;
		w->hosts[w->store.host_count++] = optarg;
		return true;
	case 'l':
		w->log = optarg;
		return true;
	case 'o':
		if (w->ask.option_count == OPTIONS_MAX)
			return false;
		w->ssh[w->ask.option_count++] = optarg;
		return true;
	case 'a':
		w->ask.destination = optarg;
		return optarg[0] != '-' && optarg[0] != '\0';
	case 'i':
		return text_duration(optarg, TIME_MAX, &w->ask.interval_s) ==
		    0 &&
		    w->ask.interval_s > 0;
	case 'g':
		w->store.has_give_up = true;
		return text_duration(optarg, TIME_MAX, &w->store.give_up_s) ==
		    0;
	default:
		return false;
	}
}

static int
take_words(struct words *w, int argc, char **argv)
{
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!take_option(w, option))
			return usage_error("log store: bad '%s'",
			    argv[optind > 1 ? optind - 1 : 1]);
	if (argc - optind != 1)
		return usage_error("log store: name one folder");
	if (w->ask.destination != NULL && w->store.host_count != 1)
		return usage_error("log store: --ask wants exactly one --host");
	return 0;
}

/* At a reload the one before may not have ended yet. */
static struct store *
open_store(const char *dir, const struct store_options *o)
{
	struct text_error err = { 0 };
	char text[600];
	struct store *s;

	for (unsigned i = 0; (s = store_new(dir, o, &err)) == NULL; i++) {
		if (i == LOCK_TRIES || strstr(err.what, "another") == NULL) {
			snprintf(
			    text, sizeof(text), "%s: %s", err.file, err.what);
			o->tell(o->tell_arg, text);
			return NULL;
		}
		poll(NULL, 0, 100);
	}
	return s;
}

static void
say_counts(struct budget *b, const struct store_counts *n)
{
	char text[128];

	snprintf(text, sizeof(text),
	    "%" PRIu64 " stored, %" PRIu64 " repeated, %" PRIu64 " not taken",
	    n->added, n->repeated, n->odd);
	write_line(b->log, text);
}

int
log_store(const char *dir, int argc, char **argv)
{
	struct words w = { .ask.interval_s = INTERVAL };
	struct budget budget = { .left = BURST };
	struct store *s;
	int rv;

	(void)dir;
	if ((rv = take_words(&w, argc, argv)) != 0)
		return rv;
	budget.log = w.log;
	w.store.hosts = w.hosts;
	w.store.can_ask = w.ask.destination != NULL;
	w.ask.options = w.ssh;
	w.store.tell = say;
	w.store.tell_arg = &budget;
	/* An admin's first try has none yet. */
	if (mkdir(argv[optind], 0750) == -1 && errno != EEXIST) {
		char text[600];

		snprintf(text, sizeof(text), "%s: %s", argv[optind],
		    strerror(errno));
		write_line(w.log, text);
		return EX_CANTCREAT;
	}
	if ((s = open_store(argv[optind], &w.store)) == NULL)
		return EX_NOINPUT;
	rv = store_run(s, STDIN_FILENO, &w.ask, say, &budget);
	say_counts(&budget, store_counts(s));
	store_free(s);
	return rv == -1 ? EX_TEMPFAIL : rv;
}

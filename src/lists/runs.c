/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/runs.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "lists/run.h"
#include "lists/said.h"

struct waiting {
	struct waiting *next;
	struct lists_query query;
};

struct running {
	struct runs *runs;
	bool used, answered;
	uint64_t id;
	uint32_t timeout_ms;
	struct run run;
	struct said out, err;
	struct loop_source *sources[2];
	struct loop_timer *deadline;
	char path[256]; /* escaped, for people */
};

struct runs {
	struct loop *loop;
	bool alone;
	runs_answer_fn *answer;
	void *arg;
	int signals;
	struct loop_source *source;
	struct running running[RUNS_MAX];
	struct waiting *first, **last;
	size_t waiting;
};

static void
tell(const struct runs *runs, uint64_t id, enum list_verdict listed,
    const char *text)
{
	struct lists_answer answer = { .id = id, .count = 1 };

	answer.listed[0] = listed;
	snprintf(answer.text, sizeof(answer.text), "%s", text);
	runs->answer(runs->arg, &answer);
}

static void
answer(struct running *r, enum list_verdict listed, const char *text)
{
	if (!r->answered)
		tell(r->runs, r->id, listed, text);
	r->answered = true;
}

/* Nothing that it still says is of interest. */
static void
close_pipes(struct running *r)
{
	loop_remove(r->sources[0]);
	loop_remove(r->sources[1]);
	r->sources[0] = r->sources[1] = NULL;
	run_release(&r->run);
}

static void
on_deadline(void *arg)
{
	struct running *r = arg;
	char text[MESSAGE_SIZE];

	run_kill(&r->run);
	snprintf(text, sizeof(text), "the command %s did not end within %g s",
	    r->path, r->timeout_ms / 1000.0);
	answer(r, LISTED_UNAVAILABLE, text);
	/* Its place is free when it is reaped. */
	close_pipes(r);
}

static void
on_said(struct running *r, int i, int fd, struct said *said)
{
	if (said_take(said, fd))
		return;
	loop_remove(r->sources[i]);
	r->sources[i] = NULL;
}

static void
on_out(void *arg, uint32_t events)
{
	struct running *r = arg;

	(void)events;
	on_said(r, 0, r->run.out, &r->out);
}

static void
on_err(void *arg, uint32_t events)
{
	struct running *r = arg;

	(void)events;
	on_said(r, 1, r->run.err, &r->err);
}

/* What its exit status means. */
static void
judge(struct running *r, int status)
{
	char text[MESSAGE_SIZE];

	if (run_failed(&r->run, text)) {
		answer(r, LISTED_UNAVAILABLE, text);
	} else if (WIFSIGNALED(status)) {
		snprintf(text, sizeof(text),
		    "the command %s was killed by signal %d (%s)", r->path,
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
		answer(r, LISTED_UNAVAILABLE, text);
	} else if (WEXITSTATUS(status) == 0) {
		answer(r, LISTED_YES, "");
	} else {
		if (!said_line(&r->out, text) && !said_line(&r->err, text))
			snprintf(text, sizeof(text),
			    "the command %s refuses this digest (exit status "
			    "%d)",
			    r->path, WEXITSTATUS(status));
		answer(r, LISTED_NO, text);
	}
}

/* The first of its group is over: so are the others. */
static void
ended(struct running *r)
{
	int status = 0;

	run_kill(&r->run);
	if (r->sources[0] != NULL)
		said_take(&r->out, r->run.out);
	if (r->sources[1] != NULL)
		said_take(&r->err, r->run.err);
	waitpid(r->run.pid, &status, 0);
	if (!r->answered)
		judge(r, status);
	close_pipes(r);
	loop_timer_free(r->deadline);
	r->deadline = NULL;
	r->used = false;
}

static struct running *
find(struct runs *runs, pid_t pid)
{
	for (size_t i = 0; i < RUNS_MAX; i++)
		if (runs->running[i].used && runs->running[i].run.pid == pid)
			return &runs->running[i];
	return NULL;
}

/* Watches what was started: 0, or -1. */
static int
watch(struct running *r)
{
	struct loop *loop = r->runs->loop;

	r->sources[0] = loop_add(loop, r->run.out, EPOLLIN, on_out, r);
	r->sources[1] = loop_add(loop, r->run.err, EPOLLIN, on_err, r);
	r->deadline = loop_timer_new(loop, on_deadline, r);
	if (r->sources[0] == NULL || r->sources[1] == NULL ||
	    r->deadline == NULL)
		return -1;
	loop_timer_set(
	    r->deadline, clock_mono_us() + r->timeout_ms * UINT64_C(1000));
	return 0;
}

static void
start(struct runs *runs, struct running *r, const struct lists_query *query)
{
	const char *path = list_words_at(&query->words, 0);
	char text[MESSAGE_SIZE];

	memset(r, 0, sizeof(*r));
	r->runs = runs;
	r->id = query->id;
	r->timeout_ms = query->timeout_ms;
	text_escape(path, strlen(path), r->path, sizeof(r->path));
	if (run_start(query, runs->alone, &r->run, text) == -1) {
		tell(runs, r->id, LISTED_UNAVAILABLE, text);
		return;
	}
	r->used = true;
	if (watch(r) == -1) {
		run_kill(&r->run);
		answer(r, LISTED_UNAVAILABLE, "no memory for the command");
		close_pipes(r);
	}
}

static struct running *
free_place(struct runs *runs)
{
	for (size_t i = 0; i < RUNS_MAX; i++)
		if (!runs->running[i].used)
			return &runs->running[i];
	return NULL;
}

static void
start_waiting(struct runs *runs)
{
	struct running *place;
	struct waiting *w;

	while (
	    (w = runs->first) != NULL && (place = free_place(runs)) != NULL) {
		if ((runs->first = w->next) == NULL)
			runs->last = &runs->first;
		runs->waiting--;
		start(runs, place, &w->query);
		free(w);
	}
}

void
runs_ask(struct runs *runs, const struct lists_query *query)
{
	struct running *place = free_place(runs);
	struct waiting *w;

	if (place != NULL) {
		start(runs, place, query);
		return;
	}
	if (runs->waiting == LISTS_QUEUE || (w = malloc(sizeof(*w))) == NULL) {
		tell(runs, query->id, LISTED_UNAVAILABLE,
		    "too many commands wait to be run");
		return;
	}
	w->next = NULL;
	w->query = *query;
	*runs->last = w;
	runs->last = &w->next;
	runs->waiting++;
}

/*
 * What a command left behind becomes our child, too.  Looked at before it is
 * reaped: until then no other process can have its number.
 */
static void
on_child(void *arg, uint32_t events)
{
	struct signalfd_siginfo signal;
	struct runs *runs = arg;

	(void)events;
	while (read(runs->signals, &signal, sizeof(signal)) == sizeof(signal))
		continue;
	for (;;) {
		siginfo_t info = { .si_pid = 0 };
		struct running *r;

		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) ==
			-1 ||
		    info.si_pid == 0)
			break;
		if ((r = find(runs, info.si_pid)) != NULL)
			ended(r);
		else
			waitpid(info.si_pid, NULL, WNOHANG);
	}
	start_waiting(runs);
}

static int
watch_children(struct runs *runs)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 ||
	    (runs->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) ==
		-1)
		return -1;
	runs->source =
	    loop_add(runs->loop, runs->signals, EPOLLIN, on_child, runs);
	return runs->source != NULL ? 0 : -1;
}

struct runs *
runs_new(struct loop *loop, bool alone, runs_answer_fn *fn, void *arg)
{
	struct runs *runs = calloc(1, sizeof(*runs));

	if (runs == NULL)
		return NULL;
	runs->loop = loop;
	runs->alone = alone;
	runs->answer = fn;
	runs->arg = arg;
	runs->signals = -1;
	runs->last = &runs->first;
	if (watch_children(runs) == -1) {
		runs_free(runs);
		return NULL;
	}
	return runs;
}

void
runs_free(struct runs *runs)
{
	struct waiting *w;

	if (runs == NULL)
		return;
	for (size_t i = 0; i < RUNS_MAX; i++) {
		if (!runs->running[i].used)
			continue;
		/* Nobody waits for it any more. */
		runs->running[i].answered = true;
		ended(&runs->running[i]);
	}
	while ((w = runs->first) != NULL) {
		runs->first = w->next;
		free(w);
	}
	loop_remove(runs->source);
	if (runs->signals != -1)
		close(runs->signals);
	free(runs);
}

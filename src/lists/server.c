/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/log.h"
#include "base/loop.h"
#include "lists/files.h"
#include "lists/jail.h"
#include "lists/runs.h"

struct server {
	struct loop *loop;
	struct files *files;
	struct runs *runs;
	int broker;
};

/* A broker that is gone is told by reading. */
static void
send_answer(void *arg, const struct lists_answer *answer)
{
	static uint8_t space[CHANNEL_MAX];
	const struct server *s = arg;
	struct writer w;

	writer_init(&w, space, sizeof(space));
	lists_answer_put(&w, answer);
	if (!writer_ok(&w))
		log_fatal("an answer does not fit");
	if (channel_send(s->broker, w.start, w.used) == CHANNEL_BROKEN)
		log_fatal("the broker's channel is broken");
}

/* Why nobody can say, in words for the client. */
static void
explain(
    const char *path, const struct text_error *error, char ret[MESSAGE_SIZE])
{
	char plain[200];

	text_escape(path, strlen(path), plain, sizeof(plain));
	if (error->line > 0)
		snprintf(ret, MESSAGE_SIZE, "the list %s:%u: %s", plain,
		    error->line, error->what);
	else
		snprintf(
		    ret, MESSAGE_SIZE, "the list %s: %s", plain, error->what);
}

static void
ask_file(struct server *s, const struct lists_query *query)
{
	struct lists_answer answer = { .id = query->id, .count = query->count };
	const char *path = list_words_at(&query->words, 0);
	struct text_error error = { .line = 0 };
	const struct set *set = files_get(s->files, path, &error);

	if (set == NULL)
		explain(path, &error, answer.text);
	for (uint8_t i = 0; i < query->count; i++) {
		const struct list_digest *digest = &query->digests[i];

		if (set == NULL)
			answer.listed[i] = LISTED_UNAVAILABLE;
		else
			answer.listed[i] =
			    set_has(set, digest->bytes, digest->len) ?
			    LISTED_YES :
			    LISTED_NO;
	}
	send_answer(s, &answer);
}

static bool
take_query(struct server *s, struct reader *r)
{
	static struct lists_query query;

	if (wire_get_type(r) != WIRE_LISTS_QUERY || !lists_query_get(r, &query))
		return false;
	if (query.kind == LIST_FILE)
		ask_file(s, &query);
	else
		runs_ask(s->runs, &query);
	return true;
}

static void
on_broker(void *arg, uint32_t events)
{
	static uint8_t message[CHANNEL_MAX];
	struct server *s = arg;
	struct reader r;

	(void)events;
	switch (channel_recv(s->broker, message, &r)) {
	case CHANNEL_AGAIN:
		return;
	case CHANNEL_CLOSED:
		loop_stop(s->loop);
		return;
	case CHANNEL_OK:
		if (take_query(s, &r))
			return;
		break;
	case CHANNEL_BROKEN:
		break;
	}
	log_fatal("the broker broke the protocol");
}

int
server_run(int broker, bool alone)
{
	struct server s = { .broker = broker };
	struct loop_source *source = NULL;
	char what[128] = "";
	int rv = EX_OSERR;

	/* What a command leaves behind is ours to reap. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (jail_command_prepare(what) == -1 || (s.loop = loop_new()) == NULL ||
	    (s.files = files_new()) == NULL ||
	    (s.runs = runs_new(s.loop, alone, send_answer, &s)) == NULL)
		goto out;
	source = loop_add(s.loop, broker, EPOLLIN, on_broker, &s);
	if (source != NULL && loop_run(s.loop) == 0)
		rv = EXIT_SUCCESS;
out:
	if (rv != EXIT_SUCCESS)
		log_warn("the server of the lists: %s",
		    what[0] != '\0' ? what : strerror(errno));
	loop_remove(source);
	runs_free(s.runs);
	files_free(s.files);
	loop_free(s.loop);
	return rv;
}

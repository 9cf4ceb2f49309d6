/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/checkpoint.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/audit_key.h"
#include "broker/newest.h"
#include "broker/notary.h"
#include "broker/note_file.h"
#include "broker/service.h"

/* Between two for receipts: those that come meanwhile share the next. */
#define SHARE_US 20000u
/* After a failure; doubled by each further one. */
#define PAUSE_MIN_US 1000000u
#define PAUSE_MAX_US 300000000u
/* What a stop waits for its last one. */
#define STOP_US 3000000u

enum why {
	WHY_NONE,
	WHY_TIME,
	WHY_RECORDS,
	WHY_START,
	WHY_RECEIPT,
	WHY_ROTATE,
	WHY_STOP
};

static const char *const words[] = {
	[WHY_NONE] = "",
	[WHY_TIME] = "time",
	[WHY_RECORDS] = "records",
	[WHY_START] = "start",
	[WHY_RECEIPT] = "receipt",
	[WHY_ROTATE] = "rotate",
	[WHY_STOP] = "stop",
};

struct checkpoints {
	struct service *service;
	char host[65];
	struct note_file *file;
	struct loop_timer *timer;
	uint64_t timer_us; /* when it fires; 0: not set */
	struct notary notary;

	struct newest newest;
	uint64_t news_us; /* when the first was seen that it does not cover */

	struct cover *covers;

	/* Since the last failure. */
	enum reason reason;
	char text[MESSAGE_SIZE];
	uint64_t pause_us, retry_us;

	loop_timer_fn *stopped; /* NULL: no stop is waited for */
	void *stopped_arg;
	uint64_t stop_us;
};

static void on_made(void *arg, enum reason, const char *text);

static void
on_due(void *arg)
{
	struct checkpoints *c = arg;

	/* The round that ends with this tends to them. */
	c->timer_us = 0;
}

struct checkpoints *
checkpoints_new(struct service *service)
{
	struct checkpoints *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->service = service;
	c->pause_us = PAUSE_MIN_US;
	newest_init(&c->newest);
	if (gethostname(c->host, sizeof(c->host) - 1) == -1)
		c->host[0] = '\0';
	notary_init(&c->notary, service, on_made, c);
	c->timer = loop_timer_new(service->loop, on_due, c);
	if (c->timer == NULL) {
		free(c);
		return NULL;
	}
	return c;
}

void
checkpoints_free(struct checkpoints *c)
{
	if (c == NULL)
		return;
	note_file_free(c->file);
	loop_timer_free(c->timer);
	free(c);
}

static uint64_t
on_disk(const struct checkpoints *c)
{
	return journal_tree(c->service->journal)->size;
}

int
checkpoints_start(struct checkpoints *c, void (*gate)(void *), void *arg)
{
	const char *dir = tree_server(c->service->tree)->state_dir;

	newest_load(&c->newest, dir, on_disk(c));
	c->file = note_file_new(dir, gate, arg);
	return c->file != NULL ? 0 : -1;
}

/* Records that the newest does not cover; its own is not news. */
static uint64_t
news(const struct checkpoints *c)
{
	uint64_t since = on_disk(c) - c->newest.size;

	return c->newest.size > 0 && since > 0 ? since - 1 : since;
}

static void
wake_at(struct checkpoints *c, uint64_t mono_us)
{
	if (c->timer_us != 0 && c->timer_us <= mono_us)
		return;
	c->timer_us = mono_us;
	loop_timer_set(c->timer, mono_us);
}

/* Calls those that are covered by now, or (without OK) all. */
static void
call(struct checkpoints *c, enum reason reason, const char *text)
{
	struct cover *list = c->covers, *ready = NULL, **end = &ready;
	struct cover **keep = &c->covers;

	for (; list != NULL; list = list->next) {
		struct cover ***to =
		    reason == REASON_OK && list->seq > c->newest.size ? &keep :
									&end;

		**to = list;
		*to = &list->next;
	}
	*keep = *end = NULL;
	while ((list = ready) != NULL) {
		ready = list->next;
		list->fn(list, reason, text);
	}
}

static void
stopped(struct checkpoints *c)
{
	loop_timer_fn *fn = c->stopped;

	c->stopped = NULL;
	if (fn != NULL)
		fn(c->stopped_arg);
}

static void
made(struct checkpoints *c)
{
	if (c->reason != REASON_OK)
		log_info("the log is signed again");
	c->reason = REASON_OK;
	c->pause_us = PAUSE_MIN_US;
	newest_take(&c->newest, &c->notary);
	c->news_us = 0;
	if (c->file != NULL)
		note_file_write(c->file, c->newest.note, c->newest.len);
	call(c, REASON_OK, "");
}

/* Nobody waits for what does not come. */
static void
give_up(struct checkpoints *c, enum reason reason, const char *text)
{
	call(c, reason, text);
	if (journal_wants_rotation(c->service->journal))
		journal_rotate(c->service->journal);
	stopped(c);
}

static void
on_made(void *arg, enum reason reason, const char *text)
{
	struct checkpoints *c = arg;

	if (reason == REASON_OK) {
		made(c);
		if (journal_wants_rotation(c->service->journal))
			journal_rotate(c->service->journal);
		return;
	}
	if (c->reason != reason)
		log_warn("the log could not be signed: %s", text);
	c->reason = reason;
	text_copy(c->text, sizeof(c->text), text);
	c->retry_us = clock_mono_us() + c->pause_us;
	if ((c->pause_us *= 2) > PAUSE_MAX_US)
		c->pause_us = PAUSE_MAX_US;
	give_up(c, reason, c->text);
}

/* Why there should be one, and from when on. */
static enum why
due(const struct checkpoints *c, uint64_t *ret_us)
{
	const struct server_conf *conf = tree_server(c->service->tree);

	*ret_us = 0;
	if (c->stopped != NULL)
		return WHY_STOP;
	if (journal_wants_rotation(c->service->journal))
		return WHY_ROTATE;
	if (c->covers != NULL) {
		*ret_us = c->newest.mono_us + SHARE_US;
		return WHY_RECEIPT;
	}
	if (!c->newest.ours)
		return WHY_START;
	if (news(c) >= conf->checkpoint_records)
		return WHY_RECORDS;
	*ret_us = c->news_us + (uint64_t)conf->checkpoint_interval * 1000000;
	return WHY_TIME;
}

/* Signs now, unless the key or the journal cannot. */
static void
make(struct checkpoints *c, enum why why, uint64_t now)
{
	char origin[NOTE_NAME];
	enum reason reason;
	const char *text;

	if (!journal_works(c->service->journal)) {
		give_up(c, REASON_AUDIT_UNAVAILABLE,
		    "the record of a checkpoint cannot be written");
		return;
	}
	switch (audit_key_standing(c->service, &reason, &text)) {
	case KEY_DOWN:
		give_up(c, reason, text);
		return;
	case KEY_WAITING:
		return;
	case KEY_USABLE:
		break;
	}
	if (now < c->retry_us) {
		wake_at(c, c->retry_us);
		give_up(c, c->reason, c->text);
		return;
	}
	audit_origin(c->service, c->host, origin);
	if (notary_begin(&c->notary, origin, words[why]) == -1)
		on_made(c, REASON_INTERNAL, reason_text(REASON_INTERNAL));
}

void
checkpoints_tend(struct checkpoints *c)
{
	uint64_t now = clock_mono_us(), at;
	enum why why;

	if (c->stopped != NULL && now >= c->stop_us) {
		log_warn("the end of the log could not be signed in time");
		stopped(c);
	}
	if (c->stopped != NULL)
		wake_at(c, c->stop_us);
	if (c->notary.busy)
		return;
	if (news(c) == 0) {
		if (journal_wants_rotation(c->service->journal))
			journal_rotate(c->service->journal);
		stopped(c);
		return;
	}
	if (c->news_us == 0)
		c->news_us = now;
	why = due(c, &at);
	if (now < at)
		wake_at(c, at);
	else
		make(c, why, now);
}

void
checkpoints_cover(struct checkpoints *c, struct cover *cover)
{
	if (c->newest.ours && cover->seq <= c->newest.size) {
		cover->fn(cover, REASON_OK, "");
		return;
	}
	cover->next = c->covers;
	c->covers = cover;
}

void
checkpoints_stop(struct checkpoints *c, loop_timer_fn *fn, void *arg)
{
	c->stopped = fn;
	c->stopped_arg = arg;
	c->stop_us = clock_mono_us() + STOP_US;
	/* The next round comes at once. */
	wake_at(c, 1);
}

void
checkpoints_state(const struct checkpoints *c, struct checkpoint_state *ret)
{
	const struct newest *n = &c->newest;

	ret->note = n->len > 0 ? n->note : NULL;
	ret->note_len = n->len;
	ret->size = n->size;
	ret->wall_us = n->wall_us;
	ret->why = n->why;
	ret->since = news(c);
}

enum reason
checkpoints_key(const struct checkpoints *c, char ret_key[static NOTE_VKEY],
    const char **ret_text)
{
	const struct key *key = audit_key(c->service);
	char origin[NOTE_NAME];
	struct note_key now;
	enum reason reason;

	ret_key[0] = '\0';
	audit_origin(c->service, c->host, origin);
	if (key != NULL && audit_key_note(key, origin, &now) == 0)
		note_key_text(&now, ret_key);
	switch (audit_key_standing(c->service, &reason, ret_text)) {
	case KEY_DOWN:
		return reason;
	case KEY_WAITING:
		*ret_text = "the token is being logged in to";
		return REASON_TOKEN_UNAVAILABLE;
	case KEY_USABLE:
		break;
	}
	*ret_text = c->reason != REASON_OK ? c->text : "";
	return c->reason;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/reload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "broker/admin.h"
#include "broker/archive.h"
#include "broker/canary.h"
#include "broker/lines.h"
#include "broker/loader.h"
#include "broker/log_watch.h"
#include "broker/login.h"
#include "broker/open.h"
#include "broker/records.h"
#include "broker/roll_over.h"
#include "broker/service.h"
#include "broker/teller.h"
#include "broker/tenant_answer.h"
#include "broker/tenants.h"
#include "broker/token.h"
#include "policy/restart.h"

/* All that may be connected: none has to be turned away. */
#define WAITING_MAX ADMIN_PEERS
#define ANSWER_MAX (1u << 20)

struct asker {
	struct admin_peer *who; /* NULL: free */
	bool tries; /* only wants to know what would be */
};

struct reload {
	struct service *service;
	struct loader *loader;
	struct teller *teller;
	bool running;
	bool again; /* asked for while one was running */
	bool news; /* the listing of what runs is not true any more */
	bool untold; /* some of it could not be recorded */
	/* Is the running one to be taken, and the next? */
	bool takes, takes_next;
	/* Who asked for the running one, and for the next. */
	struct asker now[WAITING_MAX], next[WAITING_MAX];
};

static void on_loaded(void *arg, struct loaded *loaded);
static void on_told(void *arg, struct tree *before, bool all);

struct reload *
reload_new(struct service *service, void (*gate)(void *), void *gate_arg)
{
	struct reload *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->service = service;
	r->loader = loader_new(
	    service->loop, service->dir, gate, gate_arg, on_loaded, r);
	r->teller = teller_new(service, on_told, r);
	if (r->loader == NULL || r->teller == NULL) {
		reload_free(r);
		return NULL;
	}
	return r;
}

void
reload_free(struct reload *r)
{
	if (r == NULL)
		return;
	teller_free(r->teller);
	loader_free(r->loader);
	free(r);
}

static void
start(struct reload *r)
{
	memcpy(r->now, r->next, sizeof(r->now));
	memset(r->next, 0, sizeof(r->next));
	r->takes = r->takes_next;
	r->takes_next = false;
	r->running = true;
	r->again = false;
	loader_load(r->loader, r->service->tree);
}

static void
ask(struct reload *r, struct admin_peer *who, bool tries)
{
	size_t i = 0;

	while (who != NULL && i < WAITING_MAX && r->next[i].who != NULL)
		i++;
	if (who != NULL && i == WAITING_MAX) {
		admin_answer(who, 75, "too many ask at once; try again\n");
		return;
	}
	if (who != NULL)
		r->next[i] = (struct asker){ who, tries };
	r->takes_next |= !tries;
	if (r->running)
		r->again = true;
	else
		start(r);
}

void
reload_ask(struct reload *r, struct admin_peer *who)
{
	ask(r, who, false);
}

void
reload_try(struct reload *r, struct admin_peer *who)
{
	ask(r, who, true);
}

void
reload_forget(struct reload *r, const struct admin_peer *who)
{
	for (size_t i = 0; i < WAITING_MAX; i++) {
		if (r->now[i].who == who)
			r->now[i].who = NULL;
		if (r->next[i].who == who)
			r->next[i].who = NULL;
	}
}

/* What the owner of a tenant hears, or who asked for a check. */
static void
tell_own(
    struct admin_peer *who, bool tries, const struct loaded *loaded, bool taken)
{
	struct buf text;
	uint8_t exit;

	buf_init(&text, ANSWER_MAX);
	exit = tries ? say_check(who, loaded, &text) :
		       say_reload(who, loaded, taken, &text);
	buf_add(&text, "", 1);
	admin_answer(who, text.bad ? 70 : exit,
	    text.bad ? "no memory\n" : buf_at(&text));
	buf_release(&text);
}

/* text is for root. */
static void
tell(struct reload *r, const struct loaded *loaded, uint8_t exit,
    const char *text)
{
	for (size_t i = 0; i < WAITING_MAX; i++) {
		struct admin_peer *who = r->now[i].who;

		if (who == NULL || r->now[i].tries)
			continue;
		r->now[i].who = NULL;
		if ((admin_role(who) & ADMIN_ROOT) != 0)
			admin_answer(who, exit, text);
		else
			tell_own(who, false, loaded,
			    loaded->tree == r->service->tree);
	}
}

static void
tell_tries(struct reload *r, const struct loaded *loaded)
{
	for (size_t i = 0; i < WAITING_MAX; i++) {
		struct admin_peer *who = r->now[i].who;

		if (who == NULL || !r->now[i].tries)
			continue;
		r->now[i].who = NULL;
		tell_own(who, true, loaded, false);
	}
}

static void
refuse(struct reload *r, const struct loaded *loaded, const char *first,
    const char *all)
{
	unsigned errors = loaded->tree == NULL ? loaded->errors : 1;
	struct buf text;

	log_warn("reload refused, %u error%s: %s", errors,
	    errors == 1 ? "" : "s", first);
	record_reload_failed(r->service, errors, first);
	buf_init(&text, ANSWER_MAX);
	buf_adds(&text, all);
	buf_addf(&text, "%u error%s; the running configuration stays\n", errors,
	    errors == 1 ? "" : "s");
	buf_add(&text, "", 1);
	tell(r, loaded, 1, text.bad ? "no memory\n" : buf_at(&text));
	buf_release(&text);
}

/* Its client keys under the new tree; the session may be told to go. */
static void
resolve_session(struct session *s)
{
	if (s->client == NULL || !login_again(s))
		return;
	for (struct request *q = s->requests; q != NULL; q = q->next)
		open_again(q);
}

int
reload_apply(
    struct service *service, struct tree *next, const char *fingerprint)
{
	if (keyring_adopt(service->keyring, next) == -1)
		return -1;
	service->tree = next;
	roll_over_reset(service->roll_over);
	canary_reset(service->canary);
	memcpy(service->fingerprint, fingerprint, sizeof(service->fingerprint));
	for (size_t i = 0; i < service->token_count; i++)
		token_sync_keys(service->tokens[i]);
	for (struct session *s = service->sessions; s != NULL; s = s->next)
		resolve_session(s);
	if (service->archive != NULL)
		archive_compress_after(
		    service->archive, tree_server(next)->compress_after);
	journal_limits(service->journal, tree_server(next)->rotate_size,
	    tree_server(next)->rotate_age);
	if (service->log_watch != NULL)
		log_watch_limit(
		    service->log_watch, tree_server(next)->warn_free);
	for (size_t i = 0; i < service->token_count; i++) {
		token_reconsider(service->tokens[i]);
		token_changed(service->tokens[i]);
	}
	return 0;
}

static void
ended(struct reload *r)
{
	r->running = false;
	if (r->again)
		start(r);
}

/*
 * Nobody needs the old tree any more.  The listing is written only now: what
 * is not on record by then is for the next start to tell.
 */
static void
on_told(void *arg, struct tree *before, bool all)
{
	struct reload *r = arg;

	r->untold |= !all;
	if (r->news && !r->untold)
		loader_keep(r->loader, r->service->tree);
	if (before != NULL)
		loader_discard(r->loader, before);
	ended(r);
}

void
reload_start(
    struct reload *r, struct loaded *loaded, struct differences *differences)
{
	loader_publish(r->loader, loaded);
	r->running = true;
	r->news = !differences->known || differences->count > 0;
	teller_start(r->teller, differences);
}

/* Who asked hears of the tenants that were kept back. */
static void
tell_taken(struct reload *r, struct loaded *loaded)
{
	struct buf text;
	size_t bad;

	buf_init(&text, ANSWER_MAX);
	if (!loaded->text.bad)
		buf_adds(&text, buf_at(&loaded->text));
	bad = tenants_bad(r->service->tree, &text);
	buf_adds(&text, "reloaded\n");
	buf_add(&text, "", 1);
	tell(r, loaded, bad > 0, text.bad ? "reloaded\n" : buf_at(&text));
	buf_release(&text);
}

static void
on_loaded(void *arg, struct loaded *loaded)
{
	struct reload *r = arg;
	struct service *service = r->service;
	struct tree *old = service->tree;
	struct text_error error = { .line = 0 };
	char text[sizeof(error.what) + 32];
	char before[TREE_FINGERPRINT_SIZE];

	memcpy(before, service->fingerprint, sizeof(before));
	tell_tries(r, loaded);
	if (!r->takes) {
		if (loaded->tree != NULL)
			loader_discard(r->loader, loaded->tree);
	} else if (loaded->tree == NULL) {
		refuse(r, loaded, loaded->first,
		    loaded->text.bad ? "" : buf_at(&loaded->text));
	} else if (restart_check(old, loaded->tree, &error) == -1 ||
	    keyring_accepts(service->keyring, loaded->tree, &error) == -1 ||
	    (reload_apply(service, loaded->tree, loaded->fingerprint) == -1 &&
		text_fail(&error, 0, "no memory") == -1)) {
		snprintf(text, sizeof(text), "%s; nothing was reloaded\n",
		    error.what);
		refuse(r, loaded, error.what, text);
		loader_discard(r->loader, loaded->tree);
	} else {
		prints_free(service->prints);
		service->prints = loaded->prints;
		loaded->prints = NULL;
		record_reload(service, before, loaded->changes.count);
		log_info("the configuration was reloaded");
		tenants_taken(service, old, service->tree);
		loader_publish(r->loader, loaded);
		tell_taken(r, loaded);
		admin_charge(service->admin, &loaded->changes);
		r->news = loaded->changes.count > 0;
		teller_tell(r->teller, old, &loaded->changes);
		return;
	}
	ended(r);
}

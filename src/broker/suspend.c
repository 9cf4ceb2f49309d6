/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/suspend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "broker/admin.h"
#include "broker/lines.h"
#include "broker/records.h"
#include "broker/service.h"
#include "broker/store.h"
#include "broker/token.h"

/* One thing that was said, until it is everywhere. */
struct order {
	struct suspend *suspend;
	struct order *next;
	struct suspension what;
	struct waiter record, row;
	char rule[RULE_SIZE]; /* that was passed, or "" */
	uint64_t who; /* waits for the answer; 0: nobody */
	size_t sessions; /* that it ends */
	unsigned awaited;
	bool resumes, applied, recorded, kept;
};

struct suspend {
	struct service *service;
	struct order *orders, **last;
};

struct suspend *
suspend_new(struct service *service)
{
	struct suspend *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->service = service;
	s->last = &s->orders;
	return s;
}

void
suspend_free(struct suspend *s)
{
	struct order *order;

	if (s == NULL)
		return;
	while ((order = s->orders) != NULL) {
		s->orders = order->next;
		free(order);
	}
	free(s);
}

static bool
load_one(void *arg, const struct store_suspension *row)
{
	struct service *service = arg;
	struct suspension one = {
		.subject = subject_by_word(row->kind),
		.since = row->since,
	};

	return one.subject != SUBJECT_COUNT &&
	    text_copy(one.name, sizeof(one.name), row->name) &&
	    text_copy(one.text, sizeof(one.text), row->text) &&
	    text_copy(one.by, sizeof(one.by), row->by) &&
	    suspensions_add(service->suspensions, &one) == 0;
}

int
suspend_load(struct service *service, struct text_error *reterr)
{
	return store_each_suspension(service->store, load_one, service, reterr);
}

/* Does policy refuse it as suspended?  With what it says. */
static bool
is_suspended(const struct session *s, struct verdict *ret)
{
	return (s->state & (SESSION_READY | SESSION_SECOND)) != 0 &&
	    s->client != NULL && session_standing(s, ret) == REASON_SUSPENDED;
}

static size_t
count_suspended(const struct service *service)
{
	struct verdict verdict;
	size_t count = 0;

	for (const struct session *s = service->sessions; s != NULL;
	     s = s->next)
		count += is_suspended(s, &verdict);
	return count;
}

static bool
concerns(const struct suspension *what, const struct request *q)
{
	const char *key;
	size_t len = strlen(what->name);

	if (q->state != REQUEST_RUNNING)
		return false;
	key = q->grant.key->name;
	if (what->subject == SUBJECT_TENANT)
		return strncmp(key, what->name, len) == 0 && key[len] == '/';
	return what->subject == SUBJECT_KEY && strcmp(key, what->name) == 0;
}

/* Lines of a key are decided anew; one that is refused ends its request. */
static void
look_again(struct session *s, const struct suspension *what)
{
	struct verdict verdict;

	if (is_suspended(s, &verdict)) {
		session_logout(s, REASON_SUSPENDED, verdict.text);
		return;
	}
	for (struct request *q = s->requests; q != NULL; q = q->next)
		if (concerns(what, q))
			lines_redecide(q);
}

static void
apply(struct service *service, const struct suspension *what)
{
	for (struct session *s = service->sessions; s != NULL; s = s->next)
		look_again(s, what);
	/* Those that a worker gave back. */
	for (size_t i = 0; i < service->token_count; i++)
		token_changed(service->tokens[i]);
}

static void
describe(const struct order *order, struct buf *out)
{
	const struct suspension *what = &order->what;

	buf_addf(out, "the %s%s %s %s", subject_word(what->subject),
	    what->subject == SUBJECT_CLIENT ? " key" : "", what->name,
	    order->resumes ? "is not suspended any more" : "is suspended");
	if (order->sessions > 0)
		buf_addf(out, "; %zu open connection%s ended", order->sessions,
		    order->sessions == 1 ? "" : "s");
}

static void
answer(struct order *order)
{
	struct admin_peer *who =
	    admin_waiting(order->suspend->service->admin, order->who);
	struct buf text;

	order->who = 0;
	if (who == NULL)
		return;
	buf_init(&text, 4 * MESSAGE_SIZE);
	describe(order, &text);
	if (!order->kept)
		buf_addf(&text,
		    ", but the state could not be written: a restart now would "
		    "%s it",
		    order->resumes ? "suspend" : "resume");
	if (!order->recorded)
		buf_addf(&text,
		    "%s it is not on record yet: the log cannot be written",
		    order->kept ? ", but" : ", and");
	buf_add(&text, "\n", 2);
	admin_answer(who, order->kept && order->recorded ? 0 : 69,
	    text.bad ? "no memory\n" : buf_at(&text));
	buf_release(&text);
}

/* Both disks have told: answers, and forgets it unless the record is due. */
static void
settle(struct order *order)
{
	struct suspend *s = order->suspend;
	struct order **at = &s->orders;

	if (order->awaited > 0)
		return;
	if (order->who != 0)
		answer(order);
	if (!order->recorded || !order->applied)
		return;
	while (*at != order)
		at = &(*at)->next;
	if ((*at = order->next) == NULL)
		s->last = at;
	free(order);
}

void
suspend_apply(struct suspend *s)
{
	struct order *order = s->orders, *next;

	for (; order != NULL; order = next) {
		if (!order->applied) {
			order->applied = true;
			apply(s->service, &order->what);
		}
		/* Only now: it may have made one more. */
		next = order->next;
		settle(order);
	}
}

static void
on_recorded(struct waiter *waiter, bool ok)
{
	struct order *order =
	    (void *)((char *)waiter - offsetof(struct order, record));

	order->awaited--;
	order->recorded = ok;
	settle(order);
}

static void
on_kept(struct waiter *waiter, bool ok)
{
	struct order *order =
	    (void *)((char *)waiter - offsetof(struct order, row));

	order->awaited--;
	order->kept = ok;
	if (!ok)
		log_warn("what is suspended could not be kept");
	settle(order);
}

static void
record(struct order *order)
{
	struct service *service = order->suspend->service;

	order->record.fn = on_recorded;
	if ((order->resumes ?
		    record_resume(service, &order->what, &order->record) :
		    record_suspend(service, &order->what, order->rule,
			order->sessions, &order->record)) == 0)
		order->awaited++;
}

static void
keep(struct order *order)
{
	struct store *store = order->suspend->service->store;
	const struct suspension *what = &order->what;
	const struct store_suspension row = {
		.kind = subject_word(what->subject),
		.name = what->name,
		.text = what->text,
		.by = what->by,
		.since = what->since,
	};
	uint64_t ticket = order->resumes ?
	    store_drop_suspension(store, row.kind, row.name) :
	    store_put_suspension(store, &row);

	order->row.fn = on_kept;
	if (ticket != 0 && store_await(store, ticket, &order->row) == 0)
		order->awaited++;
}

static struct order *
order_new(struct suspend *s, const struct suspension *what, uint64_t who)
{
	struct order *order = calloc(1, sizeof(*order));

	if (order == NULL)
		return NULL;
	order->suspend = s;
	order->what = *what;
	order->who = who;
	return order;
}

static void
log_order(const struct order *order)
{
	const struct suspension *what = &order->what;

	log_info("the %s%s %s %s, says %s%s%s", subject_word(what->subject),
	    what->subject == SUBJECT_CLIENT ? " key" : "", what->name,
	    order->resumes ? "is not suspended any more" : "is suspended",
	    what->by, what->text[0] != '\0' ? ": " : "", what->text);
}

static void
begin(struct order *order)
{
	struct suspend *s = order->suspend;

	log_order(order);
	*s->last = order;
	s->last = &order->next;
	/* Held: nothing may answer before both were begun. */
	order->awaited++;
	record(order);
	keep(order);
	order->awaited--;
	settle(order);
}

int
suspend_now(struct service *service, const struct suspension *what,
    const struct rule *rule, uint64_t who)
{
	struct order *order;

	if (who == 0 &&
	    suspensions_find(service->suspensions, what->subject, what->name) !=
		NULL)
		return 0;
	if ((order = order_new(service->suspend, what, who)) == NULL)
		return -1;
	if (suspensions_add(service->suspensions, what) == -1) {
		free(order);
		return -1;
	}
	if (rule != NULL)
		rule_text(rule, order->rule);
	order->sessions = count_suspended(service);
	begin(order);
	return 0;
}

int
resume_now(struct service *service, const struct suspension *what, uint64_t who)
{
	struct order *order = order_new(service->suspend, what, who);

	if (order == NULL)
		return -1;
	suspensions_remove(service->suspensions, what->subject, what->name);
	order->resumes = true;
	begin(order);
	return 0;
}

void
suspend_retry(struct suspend *s)
{
	for (struct order *order = s->orders; order != NULL;
	     order = order->next)
		if (!order->recorded && order->awaited == 0)
			record(order);
}

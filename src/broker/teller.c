/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/teller.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/records.h"
#include "broker/service.h"

/* Changes of one round. */
#define PART 64
/* How long to wait for room in the journal. */
#define RETRY_US 5000u

struct teller {
	struct service *service;
	teller_fn *done;
	void *arg;
	struct loop_timer *timer;
	struct tree *before;
	/* One of them has something. */
	struct changes changes;
	struct differences differences;
	size_t next, count;
};

static void
finish(struct teller *t)
{
	struct tree *before = t->before;

	changes_release(&t->changes);
	differences_release(&t->differences);
	t->before = NULL;
	t->done(t->arg, before, t->next == t->count);
}

static void
tell_next(struct teller *t)
{
	size_t i = t->next++;

	if (t->differences.count > 0)
		record_difference(t->service, &t->differences.list[i]);
	else
		record_change(t->service, &t->changes.list[i]);
}

static void
go_on(void *arg)
{
	struct teller *t = arg;
	struct journal *journal = t->service->journal;
	bool works = journal_works(journal), room = journal_has_room(journal);

	for (int i = 0; room && i < PART && t->next < t->count; i++)
		tell_next(t);
	if (t->next == t->count || !works) {
		if (t->next < t->count)
			log_warn("%zu changes of the configuration could not "
				 "be recorded",
			    t->count - t->next);
		finish(t);
		return;
	}
	loop_timer_set(t->timer, clock_mono_us() + (room ? 0 : RETRY_US));
}

struct teller *
teller_new(struct service *service, teller_fn *done, void *arg)
{
	struct teller *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->service = service;
	t->done = done;
	t->arg = arg;
	if ((t->timer = loop_timer_new(service->loop, go_on, t)) == NULL) {
		free(t);
		return NULL;
	}
	return t;
}

void
teller_free(struct teller *t)
{
	if (t == NULL)
		return;
	loop_timer_free(t->timer);
	changes_release(&t->changes);
	differences_release(&t->differences);
	tree_free(t->before);
	free(t);
}

void
teller_tell(struct teller *t, struct tree *before, struct changes *changes)
{
	t->before = before;
	t->changes = *changes;
	t->count = changes->count;
	t->next = 0;
	memset(changes, 0, sizeof(*changes));
	go_on(t);
}

void
teller_start(struct teller *t, struct differences *differences)
{
	t->differences = *differences;
	t->count = differences->count;
	t->next = 0;
	memset(differences, 0, sizeof(*differences));
	go_on(t);
}

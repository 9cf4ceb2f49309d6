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
	struct changes changes;
	size_t next;
};

static void
finish(struct teller *t)
{
	struct tree *before = t->before;

	changes_release(&t->changes);
	t->before = NULL;
	t->done(t->arg, before);
}

static void
go_on(void *arg)
{
	struct teller *t = arg;
	struct journal *journal = t->service->journal;
	bool works = journal_works(journal), room = journal_has_room(journal);

	for (int i = 0; room && i < PART && t->next < t->changes.count; i++)
		record_change(t->service, &t->changes.list[t->next++]);
	if (t->next == t->changes.count || !works) {
		if (!works && t->next < t->changes.count)
			log_warn("%zu changes of the configuration could not "
				 "be recorded",
			    t->changes.count - t->next);
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
	tree_free(t->before);
	free(t);
}

void
teller_tell(struct teller *t, struct tree *before, struct changes *changes)
{
	t->before = before;
	t->changes = *changes;
	t->next = 0;
	memset(changes, 0, sizeof(*changes));
	go_on(t);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask: a bounded number of questions at once, first come first served.
 */
#include "broker/lists_ask.h"
#include "broker/lists_private.h"
#include "broker/request.h"

bool
lists_have_room(const struct lists *lists, enum list_kind kind)
{
	return lists->lane[kind].out < LISTS_AT_ONCE;
}

void
lists_wait(struct lists *lists, struct request *q, enum list_kind kind)
{
	struct lane *lane = &lists->lane[kind];

	if (q->lists.waits)
		return;
	q->lists.waits = true;
	q->lists.kind = kind;
	q->lists.next = NULL;
	q->lists.prev = lane->last;
	if (lane->last != NULL)
		lane->last->lists.next = q;
	else
		lane->first = q;
	lane->last = q;
}

static void
unwait(struct lists *lists, struct request *q)
{
	struct lane *lane = &lists->lane[q->lists.kind];

	if (q->lists.prev != NULL)
		q->lists.prev->lists.next = q->lists.next;
	else
		lane->first = q->lists.next;
	if (q->lists.next != NULL)
		q->lists.next->lists.prev = q->lists.prev;
	else
		lane->last = q->lists.prev;
	q->lists.waits = false;
}

void
lists_give_turns(struct lists *lists, enum list_kind kind)
{
	struct lane *lane = &lists->lane[kind];
	struct request *q;

	while (lane->out < LISTS_AT_ONCE && (q = lane->first) != NULL) {
		unwait(lists, q);
		lists_ask_ahead(q);
	}
}

void
lists_leave(struct lists *lists, struct request *q)
{
	if (q->lists.waits)
		unwait(lists, q);
	if (q->lists.out == 0)
		return;
	for (struct lists_ask *a = lists->first; a != NULL; a = a->next)
		if (a->request == q)
			a->request = NULL;
	q->lists.out = 0;
}

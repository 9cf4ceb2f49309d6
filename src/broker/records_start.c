/* SPDX-License-Identifier: Apache-2.0 */
/* record_start, declared in broker/records.h. */
#include "broker/records.h"

#include <stddef.h>

#include "broker/service.h"

static void
on_started(struct waiter *waiter, bool ok)
{
	struct service *service =
	    (void *)((char *)waiter - offsetof(struct service, started));

	service->start_due = !ok;
}

static void
add_repairs(struct record *r, const struct journal_opened *opened)
{
	if (opened->repaired > 0)
		record_add_number(r, "repaired", opened->repaired);
	if (opened->rehashed > 0)
		record_add_number(r, "rehashed", opened->rehashed);
	if (opened->rebuilt)
		record_add(r, "merkle", "rebuilt");
	if (opened->lost > 0)
		record_add_number(r, "lost", opened->lost);
}

static const char *
text_of(const struct journal_opened *opened)
{
	if (opened->lost > 0)
		return "started; records that were on disk are not any more";
	if (opened->repaired > 0)
		return "started; a torn record was cut off";
	return "started";
}

void
record_start(struct service *service)
{
	const struct signing_key *audit = tree_audit_key(service->tree);
	struct record *r = journal_begin(service->journal, EVENT_START);

	service->start_due = true;
	if (r == NULL)
		return;
	record_add(r, "version", VERSION);
	record_add(r, "tree", service->fingerprint);
	record_add(r, "separated", service->separated ? "yes" : "no");
	record_add(r, "audit-key", audit != NULL ? audit->name : "none");
	if (service->compared)
		record_add_number(r, "changes", service->changes);
	add_repairs(r, &service->opened);
	service->started.fn = on_started;
	if (journal_end(service->journal, text_of(&service->opened),
		&service->started) == 0)
		service->start_due = false;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* record_suspend and record_resume, declared in broker/records.h. */
#include "broker/records.h"

#include <stdio.h>

#include "broker/service.h"

#define SUMMARY_SIZE 768

/* By the field that names it in other records, so that one search finds all. */
static void
add_subject(struct record *r, const struct suspension *what)
{
	record_add(r, "what", subject_word(what->subject));
	switch (what->subject) {
	case SUBJECT_KEY:
		record_add(r, "key", what->name);
		break;
	case SUBJECT_CLIENT:
		record_add(r, "fp", what->name);
		break;
	case SUBJECT_PRINCIPAL:
		record_add(r, "principal", what->name);
		break;
	case SUBJECT_PROFILE:
		record_add(r, "profile", what->name);
		break;
	case SUBJECT_TENANT:
		record_add(r, "tenant", what->name);
		break;
	case SUBJECT_COUNT:
		break;
	}
	record_add(r, "by", what->by);
	if (what->text[0] != '\0')
		record_add(r, "why", what->text);
}

static int
end(struct service *service, const struct suspension *what, const char *verb,
    struct waiter *waiter)
{
	char text[SUMMARY_SIZE];

	snprintf(text, sizeof(text), "%s the %s%s %s%s%s", verb,
	    subject_word(what->subject),
	    what->subject == SUBJECT_CLIENT ? " key" : "", what->name,
	    what->text[0] != '\0' ? ": " : "", what->text);
	return journal_end(service->journal, text, waiter);
}

int
record_suspend(struct service *service, const struct suspension *what,
    const char *rule, size_t sessions, struct waiter *waiter)
{
	struct record *r = journal_begin(service->journal, EVENT_SUSPEND);

	if (r == NULL)
		return -1;
	add_subject(r, what);
	record_add_rule(r, rule);
	record_add_number(r, "sessions", sessions);
	return end(service, what, "suspended", waiter);
}

int
record_resume(struct service *service, const struct suspension *what,
    struct waiter *waiter)
{
	struct record *r = journal_begin(service->journal, EVENT_RESUME);

	if (r == NULL)
		return -1;
	add_subject(r, what);
	return end(service, what, "resumed", waiter);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/tenant_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/fields.h"
#include "base/buf.h"
#include "base/log.h"
#include "broker/archive.h"
#include "broker/governed.h"
#include "broker/service.h"
#include "wire/admin.h"

/* Of one request: bytes of the log that are looked at. */
#define SLICE ((size_t)2 << 20)
#define TEXT_MAX (SLICE + ARCHIVE_CHUNK)

struct tenant_log {
	struct admin *admin;
	uint64_t number; /* who waits */
	struct archive_job *job;
	size_t looked_at;
	uint64_t next; /* the seq after the last line */
	struct buf text;
	struct fields fields;
};

static bool
is_theirs(const struct admin_peer *who, const struct fields *fields)
{
	static const char *const names[] = { "profile", "key", "of" };
	const struct tree *tree = admin_service(who)->tree;
	const char *value = fields_get(fields, "tenant");
	const struct tenant *tenant;

	if (value != NULL && (tenant = tree_tenant_by_name(tree, value)))
		return governs_tenant(who, tenant);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = fields_get(fields, names[i]);
		/* Only a tenant's names have a slash. */
		if (value != NULL && strchr(value, '/') != NULL)
			return governs_name(who, value);
	}
	return false;
}

static void
take_lines(struct tenant_log *l, const struct admin_peer *who, const char *data,
    size_t len)
{
	struct text_error ignored;

	while (len > 0) {
		const char *end = memchr(data, '\n', len);
		size_t line = end != NULL ? (size_t)(end - data) : len;

		if (fields_read(data, line, &l->fields, &ignored) == 0) {
			l->next = l->fields.seq + 1;
			if (is_theirs(who, &l->fields)) {
				buf_add(&l->text, data, line);
				buf_adds(&l->text, "\n");
			}
		}
		line += end != NULL;
		data += line;
		len -= line;
	}
}

static void
finish(struct tenant_log *l, struct admin_peer *who, uint8_t exit,
    const char *last)
{
	if (who != NULL) {
		buf_add(&l->text, "", 1);
		if (!l->text.bad)
			admin_say(who, buf_at(&l->text));
		admin_answer(who, l->text.bad ? 70 : exit, last);
	}
	buf_release(&l->text);
	free(l);
}

static void
go_on(struct tenant_log *l, struct admin_peer *who)
{
	char last[40];

	if (who != NULL && l->looked_at < SLICE) {
		archive_more(l->job);
		return;
	}
	archive_cancel(l->job);
	snprintf(last, sizeof(last), "next %" PRIu64 "\n", l->next);
	finish(l, who, 0, last);
}

static void
on_answer(void *arg, const struct archive_answer *answer)
{
	struct tenant_log *l = arg;
	struct admin_peer *who = admin_waiting(l->admin, l->number);
	char last[40];

	switch (answer->status) {
	case ARCHIVE_LINES:
		l->looked_at += answer->len;
		if (who != NULL)
			take_lines(l, who, answer->data, answer->len);
		go_on(l, who);
		return;
	case ARCHIVE_GONE:
		snprintf(last, sizeof(last), "next %" PRIu64 "\n", answer->seq);
		finish(l, who, 0, last);
		return;
	case ARCHIVE_FAILED:
		log_warn("the log cannot be read: %s", answer->text);
		finish(l, who, 69, "the log cannot be read\n");
		return;
	case ARCHIVE_FOUND:
	case ARCHIVE_END:
		break;
	}
	finish(l, who, 0, "end\n");
}

static int
begin(struct admin_peer *who, uint64_t from, uint64_t last)
{
	struct service *service = admin_service(who);
	struct tenant_log *l = calloc(1, sizeof(*l));
	struct archive_asker asker = { service->admin, on_answer, l };

	if (l == NULL)
		return -1;
	buf_init(&l->text, TEXT_MAX);
	l->admin = service->admin;
	l->next = from;
	if (service->archive != NULL)
		l->job = archive_read(service->archive, &asker, from, last);
	if (l->job == NULL) {
		free(l);
		return -1;
	}
	l->number = admin_wait(who);
	return 0;
}

void
ask_log(struct admin_peer *who, const struct admin_request *request)
{
	struct journal_state state;
	uint64_t from;

	journal_state(admin_service(who)->journal, &state);
	if (text_number(request->args[0], UINT64_MAX - 1, &from) == -1 ||
	    from == 0)
		admin_answer(who, 64, "the number of a record is missing\n");
	else if (from > state.seq)
		admin_answer(who, 0, "end\n");
	else if (begin(who, from, state.seq) == -1)
		admin_answer(
		    who, 75, "too many read the log at once; try again\n");
}

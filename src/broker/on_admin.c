/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/admin.h"
#include "broker/handlers.h"
#include "broker/reload.h"
#include "broker/service.h"
#include "broker/status.h"
#include "wire/admin.h"

#define STATUS_MAX (4u << 20)

static void
answer_status(struct admin_peer *who, bool json)
{
	struct buf text;

	buf_init(&text, STATUS_MAX);
	status_say(admin_service(who), json, &text);
	buf_add(&text, "", 1);
	if (text.bad)
		admin_answer(who, 70, "no memory\n");
	else
		admin_answer(who, 0, buf_at(&text));
	buf_release(&text);
}

const char *
on_admin_request(void *owner, struct reader *r)
{
	struct admin_peer *who = owner;
	struct admin_request request;

	if (!admin_request_get(r, &request))
		return "a malformed message";
	switch (request.verb) {
	case ADMIN_RELOAD:
		admin_wait(who);
		reload_ask(admin_service(who)->reload, who);
		break;
	case ADMIN_STATUS:
		answer_status(who, request.json);
		break;
	case ADMIN_VERB_COUNT:
		return "a verb that is none";
	}
	return NULL;
}

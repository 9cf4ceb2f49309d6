/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "broker/admin.h"
#include "broker/handlers.h"
#include "broker/key_test.h"
#include "broker/on_explain.h"
#include "broker/on_suspend.h"
#include "broker/reload.h"
#include "broker/service.h"
#include "broker/status.h"
#include "broker/tenant_log.h"
#include "broker/tenants.h"
#include "wire/admin.h"

#define STATUS_MAX (4u << 20)

static void
ask_reload(struct admin_peer *who, const struct admin_request *request)
{
	uint32_t wait = admin_reload_wait(who);
	char busy[64];

	(void)request;
	if (wait > 0) {
		snprintf(busy, sizeof(busy), "busy; try again in %u s\n", wait);
		admin_answer(who, 75, busy);
		return;
	}
	admin_wait(who);
	reload_ask(admin_service(who)->reload, who);
}

static void
ask_check(struct admin_peer *who, const struct admin_request *request)
{
	(void)request;
	admin_wait(who);
	reload_try(admin_service(who)->reload, who);
}

/* The owner of a tenant sees the tenant. */
static void
status_own(const struct admin_peer *who, bool json, struct buf *out)
{
	const struct tree *tree = admin_service(who)->tree;

	if (json)
		buf_adds(out, "{");
	if (json)
		tenants_json(tree, who, out);
	else
		tenants_text(tree, who, out);
	if (json)
		buf_adds(out, "}\n");
}

static void
answer_status(struct admin_peer *who, const struct admin_request *request)
{
	struct buf text;

	buf_init(&text, STATUS_MAX);
	if ((admin_role(who) & ADMIN_ROOT) != 0)
		status_say(admin_service(who), request->json, &text);
	else
		status_own(who, request->json, &text);
	buf_add(&text, "", 1);
	if (text.bad)
		admin_answer(who, 70, "no memory\n");
	else
		admin_answer(who, 0, buf_at(&text));
	buf_release(&text);
}

/* What each does for the owner of a tenant is about the tenant only. */
#define BOTH (ADMIN_ROOT | ADMIN_OWNER)

/* All that an admin may ask, and who may ask it. */
static const struct {
	admin_verb_fn *answer;
	unsigned roles;
	unsigned least, most; /* arguments */
} verbs[ADMIN_VERB_COUNT] = {
	[ADMIN_RELOAD] = { ask_reload, BOTH, 0, 0 },
	[ADMIN_STATUS] = { answer_status, BOTH, 0, 0 },
	[ADMIN_SUSPENDED] = { answer_suspended, BOTH, 0, 0 },
	[ADMIN_SUSPEND] = { ask_suspend, BOTH, 3, 3 },
	[ADMIN_RESUME] = { ask_resume, BOTH, 3, 3 },
	[ADMIN_CHECK] = { ask_check, BOTH, 0, 0 },
	[ADMIN_EXPLAIN] = { ask_explain, BOTH, EXPLAIN_ARGS, ADMIN_ARGS },
	[ADMIN_LOG] = { ask_log, BOTH, 1, 1 },
	[ADMIN_TEST] = { ask_test, ADMIN_ROOT, 1, 1 },
};

const char *
on_admin_request(void *owner, struct reader *r)
{
	struct admin_peer *who = owner;
	struct admin_request request;

	if (!admin_request_get(r, &request))
		return "a malformed message";
	if ((verbs[request.verb].roles & admin_role(who)) == 0)
		admin_answer(who, 77, "you may not ask for this\n");
	else if (request.count < verbs[request.verb].least ||
	    request.count > verbs[request.verb].most)
		admin_answer(who, 64, "too few or too many arguments\n");
	else
		verbs[request.verb].answer(who, &request);
	return NULL;
}

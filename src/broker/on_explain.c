/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/on_explain.h"

#include <arpa/inet.h>
#include <string.h>

#include "broker/governed.h"
#include "broker/service.h"
#include "policy/explain.h"
#include "wire/admin.h"

#define OUTPUT_MAX (1u << 20)

static bool
is_address(const char *text)
{
	uint8_t space[16];

	return inet_pton(AF_INET, text, space) == 1 ||
	    inet_pton(AF_INET6, text, space) == 1;
}

/* One that is governed; otherwise it might as well not be there. */
static const struct client_key *
find(const struct admin_peer *who, const char *print)
{
	const struct service *service = admin_service(who);
	const struct client_key *client =
	    prints_find(service->prints, service->tree, print);

	return client != NULL && governs_tenant(who, client->profile->tenant) ?
	    client :
	    NULL;
}

/* 0, or -1 when the arguments are not what countersignctl sends. */
static int
read_question(const struct admin_request *request, struct question *ret)
{
	const char(*args)[ADMIN_ARG] = request->args;
	uint64_t now;

	if (!is_address(args[2]) ||
	    text_number(args[3], INT64_MAX, &now) == -1 ||
	    text_number(args[5], UINT32_MAX, &ret->number) == -1)
		return -1;
	ret->moment.address = args[2];
	ret->moment.now = (int64_t)now;
	ret->hash = args[4][0] != '\0' ? hash_by_word(args[4]) : HASH_NONE;
	if (args[4][0] != '\0' && ret->hash == HASH_NONE)
		return -1;
	ret->command = args[6];
	for (unsigned i = EXPLAIN_ARGS; i < request->count; i++) {
		if (strlen(args[i]) >= LINE_NAME_SIZE)
			return -1;
		ret->names[ret->name_count++] = args[i];
	}
	return 0;
}

static void
answer(struct admin_peer *who, const struct question *q, bool json)
{
	struct explained explained;
	enum reason reason = explain(q, &explained);
	struct buf out;

	buf_init(&out, OUTPUT_MAX);
	if (json) {
		explain_json(q, &explained, &out);
		buf_adds(&out, "\n");
	} else {
		explain_text(q, &explained, &out);
	}
	buf_add(&out, "", 1);
	if (!out.bad)
		admin_say(who, buf_at(&out));
	admin_answer(who, out.bad ? 70 : (uint8_t)reason_exit(reason), "");
	buf_release(&out);
}

void
ask_explain(struct admin_peer *who, const struct admin_request *request)
{
	const struct service *service = admin_service(who);
	const char *second = request->args[1];
	struct question q = { .tree = service->tree };

	if (read_question(request, &q) == -1) {
		admin_answer(who, 64, "the arguments are malformed\n");
		return;
	}
	q.moment.suspensions = service->suspensions;
	q.client =
	    (struct who){ find(who, request->args[0]), request->args[0] };
	if (second[0] != '\0')
		q.second = (struct who){ find(who, second), second };
	if (q.client.key == NULL || (second[0] != '\0' && q.second.key == NULL))
		admin_answer(
		    who, 77, "no tenant of yours has this client key\n");
	else
		answer(who, &q, request->json);
}

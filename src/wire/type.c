/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/type.h"

static const char *const words[WIRE_TYPE_COUNT] = {
	[WIRE_NONE] = "NONE",
	[WIRE_KEY_QUERY] = "KEY_QUERY",
	[WIRE_LOGIN_FAILED] = "LOGIN_FAILED",
	[WIRE_OPEN] = "OPEN",
	[WIRE_LINES] = "LINES",
	[WIRE_END] = "END",
	[WIRE_CANCEL] = "CANCEL",
	[WIRE_KEY_REPLY] = "KEY_REPLY",
	[WIRE_ACCEPT] = "ACCEPT",
	[WIRE_TEXT] = "TEXT",
	[WIRE_ANSWERS] = "ANSWERS",
	[WIRE_DONE] = "DONE",
	[WIRE_LOGOUT] = "LOGOUT",
	[WIRE_SESSION_NEW] = "SESSION_NEW",
	[WIRE_RELOAD] = "RELOAD",
	[WIRE_DRAIN] = "DRAIN",
	[WIRE_BROKER_READY] = "BROKER_READY",
	[WIRE_LOGGED_IN] = "LOGGED_IN",
	[WIRE_DRAINED] = "DRAINED",
	[WIRE_SESSION_START] = "SESSION_START",
	[WIRE_PARENT_READY] = "PARENT_READY",
	[WIRE_SESSION_GONE] = "SESSION_GONE",
	[WIRE_TOKEN_SETUP] = "TOKEN_SETUP",
	[WIRE_WORKER_START] = "WORKER_START",
	[WIRE_WORKER_KILL] = "WORKER_KILL",
	[WIRE_WORKER_STARTED] = "WORKER_STARTED",
	[WIRE_WORKER_GONE] = "WORKER_GONE",
	[WIRE_TOKEN_STATE] = "TOKEN_STATE",
	[WIRE_KEY_ADD] = "KEY_ADD",
	[WIRE_KEY_DROP] = "KEY_DROP",
	[WIRE_KEY_FACTS] = "KEY_FACTS",
	[WIRE_JOBS] = "JOBS",
	[WIRE_RESULTS] = "RESULTS",
	[WIRE_ADMIN_REQUEST] = "ADMIN_REQUEST",
	[WIRE_ADMIN_REPLY] = "ADMIN_REPLY",
	[WIRE_TAKEN] = "TAKEN",
	[WIRE_LISTS_SERVER] = "LISTS_SERVER",
	[WIRE_LISTS_QUERY] = "LISTS_QUERY",
	[WIRE_LISTS_ANSWER] = "LISTS_ANSWER",
	[WIRE_LISTS_DROP] = "LISTS_DROP",
};

void
wire_put_type(struct writer *w, enum wire_type type)
{
	put_u16(w, (uint16_t)type);
}

enum wire_type
wire_get_type(struct reader *r)
{
	uint16_t type = get_u16(r);

	if (type > WIRE_NONE && type < WIRE_TYPE_COUNT)
		return (enum wire_type)type;
	reader_fail(r);
	return WIRE_NONE;
}

const char *
wire_type_word(enum wire_type type)
{
	return (unsigned)type < WIRE_TYPE_COUNT ? words[type] : "NONE";
}

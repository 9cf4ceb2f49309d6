/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/surface.h"

#include "broker/admin.h"
#include "broker/handlers.h"
#include "broker/session.h"
#include "broker/worker.h"

#define ALWAYS (~0u)

/*
 * What a session may say.  This is all that the network side can reach; a
 * message that is not here, or comes in another state, costs the connection.
 */
const struct surface session_surface[] = {
	{ WIRE_KEY_QUERY, SESSION_HELLO | SESSION_SECOND, on_key_query },
	{ WIRE_LOGIN_FAILED, SESSION_HELLO | SESSION_SECOND, on_login_failed },
	{ WIRE_OPEN, SESSION_READY, on_open },
	{ WIRE_LINES, SESSION_READY, on_lines },
	{ WIRE_END, SESSION_READY, on_end },
	{ WIRE_CANCEL, SESSION_READY, on_cancel },
	{ WIRE_TAKEN, SESSION_READY, on_taken },
	/* What crossed our good-bye. */
	{ WIRE_KEY_QUERY, SESSION_LEAVING, on_ignored },
	{ WIRE_LOGIN_FAILED, SESSION_LEAVING, on_ignored },
	{ WIRE_OPEN, SESSION_LEAVING, on_ignored },
	{ WIRE_LINES, SESSION_LEAVING, on_ignored },
	{ WIRE_END, SESSION_LEAVING, on_ignored },
	{ WIRE_CANCEL, SESSION_LEAVING, on_ignored },
	{ WIRE_TAKEN, SESSION_LEAVING, on_ignored },
	{ WIRE_NONE, 0, NULL },
};

const struct surface listener_surface[] = {
	{ WIRE_SESSION_NEW, ALWAYS, on_session_new },
	{ WIRE_RELOAD, ALWAYS, on_reload },
	{ WIRE_DRAIN, ALWAYS, on_drain },
	{ WIRE_NONE, 0, NULL },
};

const struct surface keeper_surface[] = {
	{ WIRE_WORKER_STARTED, ALWAYS, on_worker_started },
	{ WIRE_WORKER_GONE, ALWAYS, on_worker_gone },
	{ WIRE_NONE, 0, NULL },
};

const struct surface lists_keeper_surface[] = {
	{ WIRE_LISTS_SERVER, ALWAYS, on_lists_server },
	{ WIRE_NONE, 0, NULL },
};

const struct surface lists_server_surface[] = {
	{ WIRE_LISTS_ANSWER, ALWAYS, on_lists_answer },
	{ WIRE_NONE, 0, NULL },
};

const struct surface worker_surface[] = {
	{ WIRE_TOKEN_STATE, WORKER_LOGIN, on_token_state },
	{ WIRE_KEY_FACTS, WORKER_READY, on_key_facts },
	{ WIRE_RESULTS, WORKER_READY, on_results },
	{ WIRE_NONE, 0, NULL },
};

const struct surface admin_surface[] = {
	{ WIRE_ADMIN_REQUEST, ADMIN_ASKING, on_admin_request },
	{ WIRE_NONE, 0, NULL },
};

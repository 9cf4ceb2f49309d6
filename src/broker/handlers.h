/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handlers that the tables of surface.c name; each stands in the on_*.c
 * of its peer.  The owner is the session, the service (listener, keeper), the
 * lists, the worker, or the admin's connection.
 */
#ifndef CS_BROKER_HANDLERS_H
#define CS_BROKER_HANDLERS_H

#include "broker/peer.h"

handler_fn on_key_query, on_login_failed, on_open, on_lines, on_end, on_cancel;
handler_fn on_taken, on_ignored;

handler_fn on_session_new, on_reload, on_drain;

handler_fn on_worker_started, on_worker_gone;

handler_fn on_lists_server, on_lists_answer;

handler_fn on_token_state, on_key_facts, on_results;

handler_fn on_admin_request;

#endif

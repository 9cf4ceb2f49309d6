/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "broker/drain.h"
#include "broker/handlers.h"
#include "broker/reload.h"
#include "broker/service.h"
#include "broker/session.h"

const char *
on_session_new(void *owner, struct reader *r)
{
	struct service *service = owner;
	struct session_new from;
	int fd;

	if (!session_new_get(r, &from))
		return "a malformed message";
	if ((fd = peer_take_fd(service->listener)) == -1)
		return "a session without its channel";
	if (session_new(service, &from, fd) == -1)
		log_warn("no memory for a session from %s", from.address);
	return NULL;
}

const char *
on_reload(void *owner, struct reader *r)
{
	struct service *service = owner;

	if (!bare_get(r))
		return "a malformed message";
	reload_ask(service->reload, NULL);
	return NULL;
}

const char *
on_drain(void *owner, struct reader *r)
{
	struct service *service = owner;

	if (!bare_get(r))
		return "a malformed message";
	drain_begin(service);
	return NULL;
}

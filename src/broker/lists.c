/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/lists.h"

#include <stdlib.h>

#include "base/log.h"
#include "broker/handlers.h"
#include "broker/service.h"
#include "broker/surface.h"
#include "wire/control.h"

struct lists {
	struct service *service;
	struct peer *keeper, *server; /* NULL: none */
	bool settled;
};

static void
on_keeper_gone(void *arg, const char *why)
{
	struct lists *lists = arg;

	log_warn("the keeper of the lists is gone%s%s", why != NULL ? ": " : "",
	    why != NULL ? why : "");
	peer_free(lists->keeper);
	lists->keeper = NULL;
	lists->settled = true;
	service_announce(lists->service);
}

static void
on_server_gone(void *arg, const char *why)
{
	struct lists *lists = arg;

	log_warn("the server of the lists is gone%s%s", why != NULL ? ": " : "",
	    why != NULL ? why : "");
	peer_free(lists->server);
	lists->server = NULL;
}

static const struct peer_kind keeper_kind = {
	.name = "the keeper of the lists",
	.surface = lists_keeper_surface,
	.descriptors = true,
	.queue_max = 4096,
	.gone = on_keeper_gone,
};

static const struct peer_kind server_kind = {
	.name = "the server of the lists",
	.surface = lists_server_surface,
	.queue_max = 16u << 20,
	.gone = on_server_gone,
};

struct lists *
lists_new(struct service *service)
{
	struct lists *lists = calloc(1, sizeof(*lists));

	if (lists != NULL)
		lists->service = service;
	return lists;
}

void
lists_free(struct lists *lists)
{
	if (lists == NULL)
		return;
	peer_free(lists->keeper);
	peer_free(lists->server);
	free(lists);
}

int
lists_start(struct lists *lists, int keeper)
{
	lists->keeper =
	    peer_new(lists->service->loop, keeper, &keeper_kind, lists);
	return lists->keeper != NULL ? 0 : -1;
}

bool
lists_are_settled(const struct lists *lists)
{
	return lists->settled;
}

const char *
on_lists_server(void *owner, struct reader *r)
{
	struct lists *lists = owner;
	int fd;

	if (!bare_get(r))
		return "a malformed message";
	if ((fd = peer_take_fd(lists->keeper)) == -1)
		return "a server without its channel";
	peer_free(lists->server);
	lists->server = peer_new(lists->service->loop, fd, &server_kind, lists);
	if (lists->server == NULL)
		return "no memory for its server";
	lists->settled = true;
	service_announce(lists->service);
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker/handlers.h"
#include "broker/service.h"
#include "broker/token.h"
#include "broker/worker.h"

static struct worker *
find(const struct service *service, uint32_t number)
{
	for (size_t i = 0; i < service->token_count; i++)
		for (struct worker *w = service->tokens[i]->workers; w != NULL;
		     w = w->next)
			if (w->number == number)
				return w;
	return NULL;
}

const char *
on_worker_started(void *owner, struct reader *r)
{
	struct service *service = owner;
	struct worker_started started;
	struct worker *w;
	int fd;

	if (!worker_started_get(r, &started))
		return "a malformed message";
	if ((fd = peer_take_fd(service->keeper)) == -1)
		return "a worker without its channel";
	if (started.worker >= service->next_worker) {
		close(fd);
		return "a worker that nobody asked for";
	}
	w = find(service, started.worker);
	if (w == NULL) {
		/* We gave up waiting for it. */
		close(fd);
		return NULL;
	}
	if (w->peer != NULL) {
		close(fd);
		return "a worker that is there already";
	}
	if (worker_attach(w, fd, started.pid) == -1)
		token_lose(w, REASON_TOKEN_FAILED, "no memory");
	return NULL;
}

const char *
on_worker_gone(void *owner, struct reader *r)
{
	struct service *service = owner;
	struct worker_gone gone;
	struct worker *w;
	char text[64];
	int status;

	if (!worker_gone_get(r, &gone))
		return "a malformed message";
	if (gone.worker >= service->next_worker)
		return "a worker that nobody asked for";
	if ((w = find(service, gone.worker)) == NULL)
		return NULL;
	/*
	 * Its last words came by another channel, and may be that its PIN is
	 * wrong, or what it signed.
	 */
	if (w->peer != NULL)
		peer_drain(w->peer);
	if ((w = find(service, gone.worker)) == NULL)
		return NULL;
	status = (int)gone.status;
	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "its process died of signal %d",
		    WTERMSIG(status));
	else
		snprintf(text, sizeof(text), "its process ended with %d",
		    WEXITSTATUS(status));
	token_lose(w, REASON_TOKEN_FAILED, text);
	return NULL;
}

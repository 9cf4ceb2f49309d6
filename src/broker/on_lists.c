/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/handlers.h"
#include "broker/lists.h"
#include "wire/control.h"

const char *
on_lists_server(void *owner, struct reader *r)
{
	struct lists *lists = owner;
	int fd;

	if (!bare_get(r))
		return "a malformed message";
	if ((fd = peer_take_fd(lists_keeper(lists))) == -1)
		return "a server without its channel";
	return lists_attach(lists, fd);
}

const char *
on_lists_answer(void *owner, struct reader *r)
{
	struct lists_answer answer;

	if (!lists_answer_get(r, &answer))
		return "a malformed message";
	return lists_answered(owner, &answer);
}

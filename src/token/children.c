/* SPDX-License-Identifier: Apache-2.0 */
#include "token/children.h"

bool
children_has_room(const struct children *c, uint32_t worker)
{
	return c->count < CHILDREN_MAX && children_pid(c, worker) == 0;
}

bool
children_add(struct children *c, uint32_t worker, pid_t pid)
{
	if (!children_has_room(c, worker))
		return false;
	c->list[c->count].worker = worker;
	c->list[c->count].pid = pid;
	c->count++;
	return true;
}

pid_t
children_pid(const struct children *c, uint32_t worker)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].worker == worker)
			return c->list[i].pid;
	return 0;
}

bool
children_remove(struct children *c, pid_t pid, uint32_t *ret)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->list[i].pid != pid)
			continue;
		*ret = c->list[i].worker;
		c->list[i] = c->list[--c->count];
		return true;
	}
	return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "token/setups.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/channel.h"

/* One more message, its PIN in *pin: CHANNEL_BROKEN for one that is bad. */
static enum channel_status
read_one(int channel, struct token_setup *ret, int *pin)
{
	static uint8_t message[CHANNEL_MAX];
	enum channel_status status;
	struct reader r;
	size_t nfds;

	*pin = -1;
	status = channel_recv_fds(channel, message, &r, pin, 1, &nfds);
	if (status != CHANNEL_OK)
		return status;
	if (wire_get_type(&r) != WIRE_TOKEN_SETUP || !token_setup_get(&r, ret))
		return CHANNEL_BROKEN;
	/* A PIN comes one way or the other. */
	if ((nfds == 1) != (ret->pin_file[0] == '\0'))
		return CHANNEL_BROKEN;
	return CHANNEL_OK;
}

int
setups_read(int channel, struct setups *ret)
{
	struct setups s = { 0 };
	struct token_setup *setup;
	enum channel_status status;

	if ((s.list = calloc(SETUPS_MAX + 1, sizeof(*s.list))) == NULL)
		return -1;
	for (;;) {
		int pin;

		setup = &s.list[s.count];
		status = read_one(channel, setup, &pin);
		if (status == CHANNEL_OK && s.count < SETUPS_MAX &&
		    setups_find(&s, setup->name) == -1) {
			s.pins[s.count++] = pin;
			continue;
		}
		if (pin != -1)
			close(pin);
		break;
	}
	if (status != CHANNEL_CLOSED) {
		setups_release(&s);
		return -1;
	}
	*ret = s;
	return 0;
}

void
setups_release(struct setups *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->pins[i] != -1)
			close(s->pins[i]);
	free(s->list);
	*s = (struct setups){ 0 };
}

int
setups_find(const struct setups *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->list[i].name, name) == 0)
			return (int)i;
	return -1;
}

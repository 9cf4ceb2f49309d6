/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/event.h"

static const struct {
	const char *word;
	bool warns;
} events[EVENT_COUNT] = {
	[EVENT_START] = { "START", false },
	[EVENT_STOP] = { "STOP", false },
	[EVENT_RELOAD] = { "RELOAD", false },
	[EVENT_RELOADFAIL] = { "RELOADFAIL", true },
	[EVENT_AUTH] = { "AUTH", false },
	[EVENT_AUTHFAIL] = { "AUTHFAIL", true },
	[EVENT_SIGN] = { "SIGN", false },
	[EVENT_DENY] = { "DENY", true },
	[EVENT_TOKEN] = { "TOKEN", false },
	[EVENT_LIMIT] = { "LIMIT", true },
	[EVENT_CLOCK] = { "CLOCK", true },
	[EVENT_SUSPEND] = { "SUSPEND", true },
	[EVENT_RESUME] = { "RESUME", false },
	[EVENT_CHECKPOINT] = { "CHECKPOINT", false },
};

const char *
event_word(enum event event)
{
	return events[event].word;
}

bool
event_warns(enum event event)
{
	return events[event].warns;
}

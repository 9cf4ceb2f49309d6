/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open_read, declared in broker/open.h.
 */
#include <string.h>

#include "broker/open.h"

static int
read_text(struct request *q, const char *text)
{
	struct text_error error = { .what = "" };

	if (command_parse(text, &q->command, &error) == 0)
		return 0;
	request_fail(q, REASON_USAGE, error.what);
	return -1;
}

/*
 * An agent's message, which names everything itself.  It is the session that
 * says so, and it gets nothing by it that `sign' would not give.
 */
static int
read_agent(struct request *q, const char *text)
{
	struct command *c = &q->command;

	if (read_text(q, text) == -1)
		return -1;
	if (c->verb == VERB_SIGN && c->key[0] != '\0' &&
	    c->namespace[0] != '\0' && strcmp(c->format, AGENT_FORMAT) == 0) {
		c->verb = VERB_AGENT;
		q->of_agent = true;
		return 0;
	}
	request_fail(q, REASON_USAGE, "an agent's message is not whole");
	return -1;
}

int
open_read(struct request *q, const struct open_request *msg)
{
	const struct profile *profile = q->session->client->profile;

	switch (msg->how) {
	case OPEN_COMMAND:
		return read_text(q, msg->command);
	case OPEN_AGENT:
		return read_agent(q, msg->command);
	case OPEN_SHELL:
		if (profile->default_command != NULL) {
			q->command = *profile->default_command;
			q->greet = true;
		}
		return 0;
	case OPEN_TERMINAL:
	case OPEN_HOW_COUNT:
		return 0;
	}
	return 0;
}

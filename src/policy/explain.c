/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/explain.h"

#include <stdio.h>
#include <string.h>

#include "policy/resolve.h"
#include "policy/second.h"

/* One key's proof, as the session would have it accepted. */
static enum reason
login(const struct question *q, const struct who *who, struct verdict *ret)
{
	struct moment moment = q->moment;
	const struct client_key *client;

	moment.fingerprint = who->fingerprint;
	return decide_login(q->tree, tree_server(q->tree)->user, who->key->blob,
	    who->key->blob_len, &moment, &client, ret);
}

static enum reason
login_both(const struct question *q, struct verdict *ret)
{
	if (login(q, &q->client, ret) != REASON_OK)
		return ret->reason;
	if (q->second.key != NULL && login(q, &q->second, ret) != REASON_OK)
		return ret->reason;
	return decide_second(q->client.key, q->second.key, ret);
}

static enum reason
read_command(const struct question *q, struct command *ret, struct verdict *why)
{
	const struct profile *profile = q->client.key->profile;
	const struct rule none = { NULL, 0 };
	struct text_error error;

	memset(ret, 0, sizeof(*ret));
	if (q->command[0] == '\0') {
		if (profile->default_text != NULL)
			*ret = *profile->default_command;
		return REASON_OK;
	}
	if (command_parse(q->command, ret, &error) == 0)
		return REASON_OK;
	return refuse(why, REASON_USAGE, none, "%s", error.what);
}

/* An agent without a key has those that will do. */
static bool
has_lines(const struct command *c)
{
	return c->verb == VERB_CHECK ||
	    (verb_signs(c->verb) &&
		(c->verb != VERB_AGENT || c->key[0] != '\0'));
}

static bool
has_key(const struct command *c)
{
	return has_lines(c) || c->verb == VERB_PUBKEY || c->verb == VERB_CERT;
}

/* One that names no key. */
static enum reason
ask_verb(const struct profile *profile, const struct command *command,
    struct verdict *ret)
{
	if (decide_verb(profile, command->verb, ret) == REASON_OK &&
	    command->verb == VERB_LOG)
		decide_log(profile, command->log, ret);
	return ret->reason;
}

static enum reason
ask_command(const struct question *q, struct explained *ret)
{
	const struct client_key *client = q->client.key;
	struct moment moment = q->moment;

	moment.fingerprint = q->client.fingerprint;
	if (read_command(q, &ret->command, &ret->verdict) != REASON_OK)
		return ret->verdict.reason;
	if (!has_key(&ret->command))
		return ask_verb(client->profile, &ret->command, &ret->verdict);
	if (decide_request(q->tree, client, &ret->command, &moment, &ret->grant,
		&ret->verdict) == REASON_OK &&
	    ret->command.verb == VERB_CERT)
		decide_certificate(
		    &ret->grant, ret->command.next, &ret->verdict);
	return ret->verdict.reason;
}

static enum reason
ask_lines(const struct question *q, struct explained *ret)
{
	struct moment moment = q->moment;
	uint64_t first = q->number != 0 ? q->number : 1;
	size_t i = 0;

	moment.fingerprint = q->client.fingerprint;
	ret->hash = q->hash != HASH_NONE ? q->hash : ret->command.hash;
	if (ret->hash == HASH_NONE)
		ret->hash = HASH_SHA256;
	do {
		ret->line = first + i;
		if (decide_line(&ret->grant, &moment, ret->line, ret->hash,
			q->name_count > 0 ? q->names[i] : "",
			&ret->verdict) != REASON_OK)
			break;
	} while (++i < q->name_count);
	return ret->verdict.reason;
}

enum reason
explain(const struct question *q, struct explained *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->stage = STAGE_LOGIN;
	if (login_both(q, &ret->verdict) != REASON_OK)
		return ret->verdict.reason;
	ret->stage = STAGE_COMMAND;
	if (ask_command(q, ret) != REASON_OK)
		return ret->verdict.reason;
	if (!has_lines(&ret->command))
		return REASON_OK;
	ret->stage = STAGE_LINE;
	return ask_lines(q, ret);
}

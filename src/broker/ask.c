/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/env.h"
#include "broker/service.h"

static const struct profile *
profile_of(const struct request *q)
{
	return q->session->client->profile;
}

void
ask_refused(struct request *q, const struct verdict *verdict)
{
	if (verdict->reason == REASON_USAGE)
		request_fail(q, REASON_USAGE, verdict->text);
	else
		request_refuse(q, verdict);
}

static void
copy_tag(char ret[TAG_SIZE], const char *tag)
{
	text_copy(ret, TAG_SIZE, tag != NULL ? tag : "");
}

void
ask_words(struct request *q, const struct signing_key *key)
{
	const struct profile *profile = profile_of(q);
	const char *purpose = profile->limits.purpose;

	copy_tag(q->profile_tag, profile->limits.notify);
	if (key != NULL) {
		copy_tag(q->key_tag, key->limits.notify);
		if (key->limits.purpose != NULL)
			purpose = key->limits.purpose;
	}
	text_copy(q->purpose, sizeof(q->purpose), purpose ? purpose : "");
	if (q->offered == NULL) {
		env_narrow(q->env, profile, key);
		return;
	}
	free(q->env);
	q->env = env_choose(q->offered, profile, key);
}

int
ask_policy(struct request *q)
{
	struct session *s = q->session;
	struct verdict verdict;

	snprintf(q->profile, sizeof(q->profile), "%s", profile_of(q)->name);
	ask_words(q, q->grant.key);
	if (session_standing(s, &verdict) != REASON_OK ||
	    decide_verb(profile_of(q), q->command.verb, &verdict) !=
		REASON_OK) {
		ask_refused(q, &verdict);
		return -1;
	}
	return 0;
}

int
ask_grant(struct request *q, struct grant *ret)
{
	struct session *s = q->session;
	struct moment moment = session_moment(s);
	struct verdict verdict;

	if (decide_request(s->service->tree, s->client, &q->command, &moment,
		ret, &verdict) != REASON_OK) {
		ask_refused(q, &verdict);
		return -1;
	}
	return 0;
}

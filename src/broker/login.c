/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/login.h"

#include <string.h>

#include "broker/service.h"
#include "policy/second.h"

/* Why a login that ends now failed, when this was said of the last key. */
static enum reason
failure(const struct session *s, enum reason reason)
{
	bool second = s->state == SESSION_SECOND;

	switch ((int)reason) {
	case REASON_OK:
	case REASON_LOGIN_GRACE:
		return second ? REASON_SECOND_KEY : REASON_LOGIN_GRACE;
	case REASON_CLIENT_UNKNOWN:
		return second ? REASON_SECOND_KEY : reason;
	default:
		return reason;
	}
}

/* Is that all there is to say of a key, after one of which more was said? */
static bool
says_less(const struct session *s, enum reason reason)
{
	return s->state == SESSION_SECOND &&
	    failure(s, reason) == REASON_SECOND_KEY &&
	    s->reason != REASON_SECOND_KEY;
}

/* Why the login failed, if that is all; and the line that said so. */
static void
note_failure(struct session *s, const struct verdict *verdict)
{
	const struct rule *rule = &verdict->rule;

	s->reason = failure(s, verdict->reason);
	if (s->reason == REASON_SECOND_KEY)
		rule = &s->client->profile->second_rule;
	rule_text(rule, s->rule);
}

/*
 * What the record of a failure will say, should it come to that.  Clients
 * offer their first key again when they are asked for another.
 */
static void
note_attempt(struct session *s, const struct key_query *query,
    const struct verdict *verdict, const char *print)
{
	bool second = s->state == SESSION_SECOND;
	bool same = second && strcmp(print, s->fingerprint) == 0;

	s->tried = true;
	text_escape(query->user, strlen(query->user), s->user, sizeof(s->user));
	if (verdict->reason != REASON_OK &&
	    (same || says_less(s, verdict->reason)))
		return;
	note_failure(s, verdict);
	memcpy(second ? s->second.fingerprint : s->fingerprint, print,
	    FINGERPRINT_SIZE);
}

/*
 * The key by itself; and as a second one, where it has to be that: then the
 * first must still be good, too.
 */
static enum reason
decide(const struct session *s, const struct key_query *query,
    const char *print, const struct client_key **ret,
    struct verdict *ret_verdict)
{
	struct moment moment = session_moment(s);

	moment.fingerprint = print;
	if (decide_login(s->service->tree, query->user, query->blob,
		query->blob_len, &moment, ret, ret_verdict) != REASON_OK ||
	    s->state != SESSION_SECOND)
		return ret_verdict->reason;
	if (decide_second(s->client, *ret, ret_verdict) != REASON_OK)
		return ret_verdict->reason;
	return session_standing(s, ret_verdict);
}

struct key_reply
login_query(struct session *s, const struct key_query *query)
{
	struct key_reply reply = { .accepted = false };
	const struct client_key *client;
	char print[FINGERPRINT_SIZE];
	struct verdict verdict;

	fingerprint(query->blob, query->blob_len, print);
	decide(s, query, print, &client, &verdict);
	note_attempt(s, query, &verdict, print);
	if (verdict.reason != REASON_OK)
		return reply;
	if (query->proven &&
	    (s->state == SESSION_SECOND ? session_second(s, client) :
					  session_login(s, client)) == -1)
		return reply;
	reply.accepted = true;
	reply.partial = query->proven && s->state == SESSION_SECOND;
	/* Until the other comes. */
	if (reply.partial)
		note_failure(s, &verdict);
	return reply;
}

void
login_gave_up(struct session *s, enum reason reason)
{
	const struct verdict verdict = { .reason = reason };

	/* What was said of the last key tells more than that none came. */
	if (s->state != SESSION_SECOND ||
	    failure(s, reason) != REASON_SECOND_KEY)
		note_failure(s, &verdict);
	s->tried = true;
	session_state(s, SESSION_REFUSED);
}

/* The key in the new tree, if it is still that principal's. */
static const struct client_key *
find(struct session *s, const void *blob, size_t len, const char *principal)
{
	const struct client_key *client =
	    tree_client_by_blob(s->service->tree, blob, len);

	if (client == NULL)
		session_logout(s, REASON_REMOVED, reason_text(REASON_REMOVED));
	else if (strcmp(client->principal, principal) != 0)
		session_logout(s, REASON_REMOVED,
		    "the client key belongs to somebody else now");
	else
		return client;
	return NULL;
}

bool
login_again(struct session *s)
{
	struct second *second = &s->second;
	struct verdict verdict;

	s->client = find(s, s->blob, s->blob_len, s->principal);
	if (second->blob != NULL)
		second->client =
		    find(s, second->blob, second->blob_len, second->principal);
	if (s->client == NULL ||
	    (second->blob != NULL && second->client == NULL))
		return false;
	if (session_standing(s, &verdict) != REASON_OK ||
	    (s->state == SESSION_READY &&
		decide_second(s->client, second->client, &verdict) !=
		    REASON_OK)) {
		session_logout(s, verdict.reason, verdict.text);
		return false;
	}
	return true;
}

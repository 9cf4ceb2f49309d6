/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/decide.h"

#include <string.h>

#include "policy/address.h"
#include "policy/date.h"
#include "policy/keyblob.h"
#include "policy/list.h"
#include "policy/resolve.h"
#include "policy/value.h"

static const struct rule no_rule = { NULL, 0 };

static enum reason
accept(struct verdict *verdict)
{
	verdict->reason = REASON_OK;
	verdict->rule = no_rule;
	verdict->text[0] = '\0';
	return REASON_OK;
}

/* No line decides it: an admin said so while the service ran. */
enum reason
decide_suspended(const struct suspensions *set, enum subject subject,
    const char *name, struct verdict *ret)
{
	const struct suspension *found = suspensions_cover(set, subject, name);

	if (found == NULL)
		return REASON_OK;
	return refuse(ret, REASON_SUSPENDED, no_rule,
	    "the %s%s %.255s is suspended: %.200s",
	    subject_word(found->subject),
	    found->subject == SUBJECT_CLIENT ? " key" : "", found->name,
	    found->text);
}

static enum reason
check_suspended(const struct moment *moment, enum subject subject,
    const char *name, struct verdict *ret)
{
	if (name == NULL)
		return REASON_OK;
	return decide_suspended(moment->suspensions, subject, name, ret);
}

static enum reason
check_suspended_client(const struct client_key *client,
    const struct moment *moment, struct verdict *ret)
{
	if (check_suspended(moment, SUBJECT_CLIENT, moment->fingerprint, ret) !=
		REASON_OK ||
	    check_suspended(
		moment, SUBJECT_PRINCIPAL, client->principal, ret) != REASON_OK)
		return ret->reason;
	return check_suspended(
	    moment, SUBJECT_PROFILE, client->profile->name, ret);
}

/* What is checked: "key release", "profile ci". */
struct validity {
	const char *what;
	const char *name;
	int64_t not_before, not_after;
	const struct rule *before_rule, *after_rule;
};

static enum reason
check_validity(const struct validity *v, int64_t now, struct verdict *ret)
{
	char date[DATE_TEXT];

	if (v->not_before != 0 && now < v->not_before) {
		date_text(v->not_before, date);
		return refuse(ret, REASON_NOT_BEFORE, *v->before_rule,
		    "the %s %s is not valid before %s", v->what, v->name, date);
	}
	if (v->not_after != 0 && now >= v->not_after) {
		date_text(v->not_after, date);
		return refuse(ret, REASON_NOT_AFTER, *v->after_rule,
		    "the %s %s is not valid any more since %s", v->what,
		    v->name, date);
	}
	return REASON_OK;
}

static enum reason
check_profile_dates(
    const struct profile *profile, int64_t now, struct verdict *ret)
{
	const struct validity validity = {
		"profile",
		profile->name,
		profile->limits.not_before,
		profile->limits.not_after,
		&profile->limits.not_before_rule,
		&profile->limits.not_after_rule,
	};

	return check_validity(&validity, now, ret);
}

static enum reason
check_key_dates(const struct signing_key *key, int64_t now, struct verdict *ret)
{
	const struct validity validity = {
		"key",
		key->name,
		key->limits.not_before,
		key->limits.not_after,
		&key->limits.not_before_rule,
		&key->limits.not_after_rule,
	};

	return check_validity(&validity, now, ret);
}

enum reason
decide_client(const struct tree *tree, const struct client_key *client,
    const struct moment *moment, struct verdict *ret)
{
	const struct profile *profile = client->profile;
	const struct rule line = { client->file, client->line };
	char date[DATE_TEXT];

	(void)tree;
	if (check_suspended_client(client, moment, ret) != REASON_OK)
		return ret->reason;
	if (client->from != NULL &&
	    !address_list_match(client->from, moment->address))
		return refuse(ret, REASON_SOURCE, line,
		    "this client key may not come from %.64s; allowed: %.300s",
		    moment->address, client->from);
	if (profile->limits.from != NULL &&
	    !address_list_match(profile->limits.from, moment->address))
		return refuse(ret, REASON_SOURCE, profile->limits.from_rule,
		    "the profile %s may not be used from %.64s; "
		    "allowed: %.300s",
		    profile->name, moment->address, profile->limits.from);
	/* As sshd: still good in the very second that is named. */
	if (client->expiry != 0 && moment->now > client->expiry) {
		date_text(client->expiry, date);
		return refuse(ret, REASON_EXPIRED, line,
		    "this client key expired at %s", date);
	}
	if (check_profile_dates(profile, moment->now, ret) != REASON_OK)
		return ret->reason;
	return accept(ret);
}

enum reason
decide_login(const struct tree *tree, const char *user, const void *blob,
    size_t len, const struct moment *moment, const struct client_key **ret,
    struct verdict *ret_verdict)
{
	const struct client_key *client;
	struct text_error why;
	enum reason reason;

	if (strcmp(user, tree_server(tree)->user) != 0)
		return refuse(ret_verdict, REASON_USER, no_rule,
		    "the user name must be %s", tree_server(tree)->user);
	reason = keyblob_reason(blob, len, &why);
	if (reason != REASON_OK)
		return refuse(ret_verdict, reason, no_rule, "%s", why.what);
	client = tree_client_by_blob(tree, blob, len);
	if (client == NULL)
		return refuse(ret_verdict, REASON_CLIENT_UNKNOWN, no_rule,
		    "this client key is not listed");
	reason = decide_client(tree, client, moment, ret_verdict);
	if (reason == REASON_OK)
		*ret = client;
	return reason;
}

enum reason
decide_verb(const struct profile *profile, enum verb verb, struct verdict *ret)
{
	struct sentence s;

	if ((profile->limits.verb_set & 1u << verb) != 0)
		return accept(ret);
	refuse(ret, REASON_VERB, profile->limits.verbs.rule,
	    "the profile %s does not allow %s; allowed: ", profile->name,
	    verb_word(verb));
	sentence_init(&s, ret->text, sizeof(ret->text));
	for (size_t i = 0; i < profile->limits.verbs.count; i++)
		sentence_item(&s, profile->limits.verbs.item[i]);
	return ret->reason;
}

enum reason
decide_request(const struct tree *tree, const struct client_key *client,
    const struct command *command, const struct moment *moment,
    struct grant *ret, struct verdict *ret_verdict)
{
	struct grant grant;
	enum reason reason;

	reason = decide_client(tree, client, moment, ret_verdict);
	if (reason == REASON_OK)
		reason =
		    decide_verb(client->profile, command->verb, ret_verdict);
	if (reason == REASON_OK)
		reason = resolve(
		    tree, client->profile, command, &grant, ret_verdict);
	/* A key that may not sign any more is still verified with. */
	if (reason == REASON_OK &&
	    (command->verb == VERB_SIGN || command->verb == VERB_CHECK) &&
	    (reason = check_suspended(moment, SUBJECT_KEY, grant.key->name,
		 ret_verdict)) == REASON_OK)
		reason = check_key_dates(grant.key, moment->now, ret_verdict);
	if (reason != REASON_OK)
		return reason;
	*ret = grant;
	return accept(ret_verdict);
}

static bool
name_allowed(const struct names *globs, const char *name)
{
	for (size_t i = 0; i < globs->count; i++)
		if (glob_match(globs->item[i], name))
			return true;
	return false;
}

static enum reason
refuse_name(
    const struct profile *profile, const char *name, struct verdict *ret)
{
	struct sentence s;

	if (name[0] == '\0')
		refuse(ret, REASON_NAME, profile->limits.globs.rule,
		    "the profile %s wants a name on each line; allowed: ",
		    profile->name);
	else
		refuse(ret, REASON_NAME, profile->limits.globs.rule,
		    "the profile %s does not allow this name; allowed: ",
		    profile->name);
	sentence_init(&s, ret->text, sizeof(ret->text));
	for (size_t i = 0; i < profile->limits.globs.count; i++)
		sentence_item(&s, profile->limits.globs.item[i]);
	return ret->reason;
}

enum reason
decide_line(const struct grant *grant, const struct moment *moment,
    uint64_t number, enum hash hash, const char *name, struct verdict *ret)
{
	const struct profile *profile = grant->profile;

	if (check_suspended(moment, SUBJECT_KEY, grant->key->name, ret) !=
	    REASON_OK)
		return ret->reason;
	if (profile->limits.max_lines != 0 &&
	    number > profile->limits.max_lines)
		return refuse(ret, REASON_TOO_MANY_LINES,
		    profile->limits.max_lines_rule,
		    "the profile %s allows %llu lines a request", profile->name,
		    (unsigned long long)profile->limits.max_lines);
	if (check_hash(grant, hash, ret) != REASON_OK)
		return ret->reason;
	if (profile->limits.globs.item != NULL &&
	    (name[0] == '\0' || !name_allowed(&profile->limits.globs, name)))
		return refuse_name(profile, name, ret);
	if (check_profile_dates(profile, moment->now, ret) != REASON_OK ||
	    check_key_dates(grant->key, moment->now, ret) != REASON_OK)
		return ret->reason;
	return accept(ret);
}

bool
grants_key(const struct profile *profile, const struct signing_key *key)
{
	return names_have(&profile->keys, key->name);
}

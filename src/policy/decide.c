/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/decide.h"

#include <string.h>

#include "policy/address.h"
#include "policy/date.h"
#include "policy/keyblob.h"
#include "policy/layer.h"
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

static layer_fn *const by_source[] = { layer_source, NULL };
static layer_fn *const by_dates[] = { layer_dates, NULL };
static layer_fn *const by_verb[] = { layer_verb, NULL };
static layer_fn *const by_time[] = { layer_dates, layer_hours, NULL };

enum reason
decide_client(const struct tree *tree, const struct client_key *client,
    const struct moment *moment, struct verdict *ret)
{
	const struct profile *profile = client->profile;
	const struct asked asked = { .address = moment->address,
		.now = moment->now };
	const struct rule line = { client->file, client->line };
	struct layer layers[LAYERS_MAX];
	size_t count = layers_over(profile, NULL, layers);
	char date[DATE_TEXT];

	(void)tree;
	if (check_suspended_client(client, moment, ret) != REASON_OK)
		return ret->reason;
	if (client->from != NULL &&
	    !address_list_match(client->from, moment->address))
		return refuse(ret, REASON_SOURCE, line,
		    "this client key may not come from %.64s; allowed: %.300s",
		    moment->address, client->from);
	if (layers_check(layers, count, by_source, &asked, ret) != REASON_OK)
		return ret->reason;
	/* As sshd: still good in the very second that is named. */
	if (client->expiry != 0 && moment->now > client->expiry) {
		date_text(client->expiry, date);
		return refuse(ret, REASON_EXPIRED, line,
		    "this client key expired at %s", date);
	}
	if (layers_check(layers, count, by_dates, &asked, ret) != REASON_OK)
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
	const struct asked asked = { .verb = verb };
	struct layer layers[LAYERS_MAX];
	size_t count = layers_over(profile, NULL, layers);

	if (layers_check(layers, count, by_verb, &asked, ret) != REASON_OK)
		return ret->reason;
	return accept(ret);
}

enum reason
decide_log(
    const struct profile *profile, enum log_action what, struct verdict *ret)
{
	if (what != LOG_SINCE || profile->log_all)
		return accept(ret);
	return refuse(ret, REASON_VERB, profile->rule,
	    "the profile %s has log = own; log since needs log = all",
	    profile->name);
}

/*
 * What the key adds to what the profile said of the verb and the address.  A
 * key that may not sign any more, or not now, is still verified with.
 */
static enum reason
check_key(const struct grant *grant, enum verb verb,
    const struct moment *moment, struct verdict *ret)
{
	static layer_fn *const of_key[] = { layer_source, layer_verb, NULL };
	const struct asked asked = {
		.address = moment->address, .now = moment->now, .verb = verb
	};
	const struct layer key = { "key", grant->key->name,
		&grant->key->limits };
	struct layer layers[LAYERS_MAX];
	size_t count = layers_over(grant->profile, grant->key, layers);

	if (layers_check(&key, 1, of_key, &asked, ret) != REASON_OK)
		return ret->reason;
	if (verb != VERB_CHECK && !verb_signs(verb))
		return REASON_OK;
	if (check_suspended(moment, SUBJECT_KEY, grant->key->name, ret) !=
	    REASON_OK)
		return ret->reason;
	return layers_check(layers, count, by_time, &asked, ret);
}

/* Which of the key's is meant, at this time? */
static enum reason
choose_generation(struct grant *grant, const struct command *command,
    int64_t now, struct verdict *ret)
{
	const struct signing_key *key = grant->key;
	const struct generation *next = key_next_generation(key, now);
	char date[DATE_TEXT];

	grant->generation = command->next ? next : key_generation(key, now);
	if (grant->generation != NULL)
		return REASON_OK;
	if (command->next)
		return refuse(ret, REASON_USAGE, key->rule,
		    "the key %s has no next generation", key->name);
	date_text(next->start, date);
	return refuse(ret, REASON_NOT_BEFORE, next->rule,
	    "the first generation of the key %s starts at %s%s", key->name,
	    date,
	    command->verb == VERB_PUBKEY || command->verb == VERB_CERT ?
		"; --next tells of it" :
		"");
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
	if (reason == REASON_OK)
		reason = check_key(&grant, command->verb, moment, ret_verdict);
	if (reason == REASON_OK)
		reason = choose_generation(
		    &grant, command, moment->now, ret_verdict);
	if (reason != REASON_OK)
		return reason;
	*ret = grant;
	return accept(ret_verdict);
}

/* Asking for what is not there is a mistake in the command. */
enum reason
decide_certificate(const struct grant *grant, bool next, struct verdict *ret)
{
	const char *key = grant->key->name;

	if (grant->generation->file[KEY_FILE_CERTIFICATE] != NULL)
		return accept(ret);
	return refuse(ret, REASON_USAGE, grant->generation->rule,
	    "the key %s has no certificate here; pubkey %s%s gives its public "
	    "key",
	    key, key, next ? " --next" : "");
}

enum reason
decide_line(const struct grant *grant, const struct moment *moment,
    uint64_t number, enum hash hash, const char *name, struct verdict *ret)
{
	static layer_fn *const by_line[] = { layer_number, layer_name, NULL };
	const struct asked asked = {
		.now = moment->now, .number = number, .name = name
	};
	struct layer layers[LAYERS_MAX];
	size_t count = layers_over(grant->profile, grant->key, layers);

	if (check_suspended(moment, SUBJECT_KEY, grant->key->name, ret) !=
		REASON_OK ||
	    layers_check(layers, count, by_line, &asked, ret) != REASON_OK ||
	    check_hash(grant, hash, ret) != REASON_OK ||
	    layers_check(layers, count, by_time, &asked, ret) != REASON_OK)
		return ret->reason;
	return accept(ret);
}

bool
grants_key(const struct profile *profile, const struct signing_key *key)
{
	return names_have(&profile->keys, key->name);
}

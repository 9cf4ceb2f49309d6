/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/restart.h"

#include <string.h>

static bool
same(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

static int
fixed(struct text_error *reterr, const char *word)
{
	return text_fail(reterr, 0, "a change of %s needs a restart", word);
}

static bool
same_listen(const struct server_conf *a, const struct server_conf *b)
{
	if (a->listens != b->listens)
		return false;
	for (size_t i = 0; i < a->listens; i++)
		if (strcmp(a->listen[i].host, b->listen[i].host) != 0 ||
		    a->listen[i].port != b->listen[i].port)
			return false;
	return true;
}

/* The first word whose value differs, or NULL. */
static const char *
changed_word(const struct server_conf *a, const struct server_conf *b)
{
	const struct {
		const char *word;
		bool same;
	} checks[] = {
		{ "listen", same_listen(a, b) },
		{ "host-key", same(a->host_key, b->host_key) },
		{ "state-dir", same(a->state_dir, b->state_dir) },
		{ "run-dir", same(a->run_dir, b->run_dir) },
		{ "net-user", same(a->net_user, b->net_user) },
		{ "broker-user", same(a->broker_user, b->broker_user) },
		{ "token-user", same(a->token_user, b->token_user) },
		{ "lists-user", same(a->lists_user, b->lists_user) },
		{ "the audit file", same(a->audit_file, b->audit_file) },
		{ "origin", same(a->audit_origin, b->audit_origin) },
		{ "connections", a->connections == b->connections },
		{ "connections-per-address",
		    a->connections_per_address == b->connections_per_address },
		{ "unauthenticated", a->unauthenticated == b->unauthenticated },
		{ "channels", a->channels == b->channels },
		{ "login-grace", a->login_grace == b->login_grace },
		{ "idle-timeout", a->idle_timeout == b->idle_timeout },
		{ "rekey-data", a->rekey_kib == b->rekey_kib },
		{ "rekey-interval", a->rekey_interval == b->rekey_interval },
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (!checks[i].same)
			return checks[i].word;
	return NULL;
}

static bool
same_environment(const struct token_conf *a, const struct token_conf *b)
{
	const char **left = a->environment, **right = b->environment;

	if (left == NULL || right == NULL)
		return left == right;
	while (*left != NULL && *right != NULL && strcmp(*left, *right) == 0) {
		left++;
		right++;
	}
	return *left == NULL && *right == NULL;
}

static bool
same_token(const struct token_conf *a, const struct token_conf *b)
{
	return same(a->name, b->name) && same(a->module, b->module) &&
	    same(a->label, b->label) && same(a->serial, b->serial) &&
	    same(a->pin_file, b->pin_file) &&
	    same(a->pin_credential, b->pin_credential) &&
	    same_environment(a, b) && a->network == b->network &&
	    a->workers == b->workers && a->timeout_ms == b->timeout_ms;
}

int
restart_check(const struct tree *running, const struct tree *next,
    struct text_error *reterr)
{
	const char *word =
	    changed_word(tree_server(running), tree_server(next));
	size_t count = tree_tokens(running);

	if (word != NULL)
		return fixed(reterr, word);
	if (tree_tokens(next) != count)
		return fixed(reterr, "tokens.d");
	for (size_t i = 0; i < count; i++)
		if (!same_token(tree_token(running, i), tree_token(next, i)))
			return fixed(reterr, "tokens.d");
	return 0;
}

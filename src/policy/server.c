/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/server.h"

#include <string.h>

#include "policy/listen.h"
#include "policy/value.h"

#define HOST_KEY "ssh_host_ed25519_key"
#define DAY 86400

static const struct server_conf defaults = {
	.listen = { { "0.0.0.0", 2222 }, { "::", 2222 } },
	.listens = 2,
	.user = "sign",
	.state_dir = "/var/lib/countersign",
	.run_dir = "/run/countersign",
	.net_user = "_countersign-net",
	.broker_user = "_countersign",
	.token_user = "_countersign-token",
	.audit_file = "/var/log/countersign/audit.log",
	.connections = 1000,
	.connections_per_address = 500,
	.unauthenticated = 100,
	.channels = 64,
	.login_grace = 30,
	.idle_timeout = 600,
	.drain_timeout = 30,
};

int
server_defaults(struct tree *tree)
{
	size_t dir = strlen(tree->dir);
	char *path = arena_alloc(&tree->arena, dir + 1 + sizeof(HOST_KEY));

	if (path == NULL)
		return -1;
	memcpy(path, tree->dir, dir);
	path[dir] = '/';
	memcpy(path + dir + 1, HOST_KEY, sizeof(HOST_KEY));
	tree->server = defaults;
	tree->server.host_key = path;
	return 0;
}

static int
check_listen(const void *arg, const char *item, struct text_error *reterr)
{
	struct listen_address ignored;

	(void)arg;
	return listen_parse(item, &ignored, reterr);
}

static int
value_listen(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	struct server_conf *server = field;
	struct listen_address list[LISTEN_MAX] = { 0 };
	struct names items;

	(void)word;
	if (value_list(
		place, value, true, check_listen, NULL, &items, reterr) == -1)
		return -1;
	if (items.count > LISTEN_MAX)
		return text_fail(reterr, 0, "over %d addresses", LISTEN_MAX);
	for (size_t i = 0; i < items.count; i++) {
		if (listen_parse(items.item[i], &list[i], reterr) == -1)
			return -1;
		for (size_t j = 0; j < i; j++)
			if (list[i].port == list[j].port &&
			    strcmp(list[i].host, list[j].host) == 0)
				return text_fail(reterr, 0, "%s is given twice",
				    items.item[i]);
	}
	memcpy(server->listen, list, items.count * sizeof(list[0]));
	server->listens = items.count;
	return 0;
}

/* sshd_config's sizes: bytes, or with K, M or G; "default" is 0. */
static int
value_kib(const struct place *place, const struct word *word, const char *value,
    void *field, struct text_error *reterr)
{
	static const char units[] = "KMG";
	size_t len = strlen(value);
	uint32_t *ret = field;
	uint64_t n, scale = 0;
	const char *unit;
	char number[24];

	(void)place;
	if (strcmp(value, "default") == 0) {
		*ret = 0;
		return 0;
	}
	if (len >= sizeof(number))
		goto bad;
	memcpy(number, value, len + 1);
	unit = len > 0 ? strchr(units, value[len - 1] & ~0x20) : NULL;
	if (unit != NULL && *unit != '\0' && char_is_alpha(value[len - 1])) {
		number[len - 1] = '\0';
		scale = (uint64_t)1 << (10 * (unit - units));
	}
	if (text_number(number, word->max, &n) == -1)
		goto bad;
	n = scale == 0 ? (n + 1023) / 1024 : n * scale;
	if (n > word->max)
		goto bad;
	*ret = (uint32_t)n;
	return 0;
bad:
	return text_fail(reterr, 0,
	    "%s must be a size such as 512M or 1G (at most 1024G), 0 or "
	    "default, not \"%.40s\"",
	    word->name, value);
}

/* "none" is sshd_config's word for never. */
static int
value_interval(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	return value_seconds(place, word,
	    strcmp(value, "none") == 0 ? "0" : value, field, reterr);
}

#define AT(field) offsetof(struct server_conf, field), 0

static const struct word server_words[] = {
	{ "listen", value_listen, 0, 0, 0, 0 },
	{ "user", value_user, AT(user), 0, 0 },
	{ "host-key", value_path, AT(host_key), 0, 0 },
	{ "state-dir", value_path, AT(state_dir), 0, 0 },
	{ "run-dir", value_path, AT(run_dir), 0, 0 },
	{ "net-user", value_user, AT(net_user), 0, 0 },
	{ "broker-user", value_user, AT(broker_user), 0, 0 },
	{ "token-user", value_user, AT(token_user), 0, 0 },
};

static const struct word limits_words[] = {
	{ "connections", value_u32, AT(connections), 1, 100000 },
	{ "connections-per-address", value_u32, AT(connections_per_address), 1,
	    100000 },
	{ "unauthenticated", value_u32, AT(unauthenticated), 1, 100000 },
	{ "channels", value_u32, AT(channels), 1, 1000 },
	{ "login-grace", value_seconds, AT(login_grace), 1, 3600 },
	{ "idle-timeout", value_seconds, AT(idle_timeout), 1, 30 * DAY },
	{ "drain-timeout", value_seconds, AT(drain_timeout), 1, DAY },
	{ "rekey-data", value_kib, AT(rekey_kib), 0, 1u << 30 },
	{ "rekey-interval", value_interval, AT(rekey_interval), 0, 30 * DAY },
};

static const struct word audit_words[] = {
	{ "file", value_path, AT(audit_file), 0, 0 },
};

static void *
server_open(
    const struct place *place, const char *name, struct text_error *reterr)
{
	(void)name;
	(void)reterr;
	return &place->tree->server;
}

#define WORDS(list) list, sizeof(list) / sizeof((list)[0])

const struct kind kind_server = {
	"server",
	TREE_SERVER,
	false,
	WORDS(server_words),
	server_open,
	NULL,
};

const struct kind kind_limits = {
	"limits",
	TREE_SERVER,
	false,
	WORDS(limits_words),
	server_open,
	NULL,
};

const struct kind kind_audit = {
	"audit",
	TREE_SERVER,
	false,
	WORDS(audit_words),
	server_open,
	NULL,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/server.h"

#include <inttypes.h>
#include <string.h>

#include "policy/listen.h"
#include "policy/value.h"

#define HOST_KEY "ssh_host_ed25519_key"
#define DAY 86400
#define ORIGIN_MAX 64
#define MIB ((uint64_t)1 << 20)

static const struct server_conf defaults = {
	.listen = { { "0.0.0.0", 2222 }, { "::", 2222 } },
	.listens = 2,
	.user = "sign",
	.state_dir = "/var/lib/countersign",
	.run_dir = "/run/countersign",
	.net_user = "_countersign-net",
	.broker_user = "_countersign",
	.token_user = "_countersign-token",
	.lists_user = "_countersign-lists",
	.audit_file = "/var/log/countersign/audit.log",
	.checkpoint_records = 1000,
	.checkpoint_interval = 60,
	.rotate_size = 100 * MIB,
	.rotate_age = DAY,
	.compress_after = DAY,
	.warn_free = 256 * MIB,
	.canary = 3600,
	.connections = 1000,
	.connections_per_address = 500,
	.unauthenticated = 100,
	.queue = 65536,
	.channels = 64,
	.login_grace = 30,
	.idle_timeout = 600,
	.drain_timeout = 30,
	.digests_timeout = 10,
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

/* sshd_config's sizes, kept as KiB; "default" is 0. */
static int
value_kib(const struct place *place, const struct word *word, const char *value,
    void *field, struct text_error *reterr)
{
	uint32_t *ret = field;
	uint64_t bytes;

	(void)place;
	if (strcmp(value, "default") == 0) {
		*ret = 0;
		return 0;
	}
	if (text_size(value, word->max * 1024, &bytes) == -1)
		return text_fail(reterr, 0,
		    "%s must be a size such as 512M or 1G (at most 1024G), 0 "
		    "or default, not \"%.40s\"",
		    word->name, value);
	*ret = (uint32_t)((bytes + 1023) / 1024);
	return 0;
}

/* Bytes, or with K, M or G; "none" is 0 where the least is more than that. */
static int
value_size(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	uint64_t *ret = field, bytes;

	(void)place;
	if (strcmp(value, "none") == 0) {
		*ret = 0;
		return 0;
	}
	if (text_size(value, word->max, &bytes) == -1 || bytes < word->min)
		return text_fail(reterr, 0,
		    "%s must be a size such as 512M or 1G, at least %" PRIu64
		    " bytes, or none, not \"%.40s\"",
		    word->name, word->min, value);
	*ret = bytes;
	return 0;
}

/*
 * c2sp.org/tlog-checkpoint: an origin that is a key's name, too; and as it
 * stands in a record no character of it is escaped.
 */
static int
value_origin(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	size_t len = strlen(value);
	const char **ret = field;

	(void)word;
	for (const char *at = value; *at != '\0'; at++)
		if (!char_is_print(*at) || strchr(" +\"\\]", *at) != NULL)
			len = 0;
	if (len == 0 || len > ORIGIN_MAX)
		return text_fail(reterr, 0,
		    "origin must be such as signer1.example.org/countersign: "
		    "1 to %d characters, none of them a blank or +\"\\]",
		    ORIGIN_MAX);
	*ret = place_text(place, value, reterr);
	return *ret != NULL ? 0 : -1;
}

static int
value_compress(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	uint32_t *ret = field;

	if (strcmp(value, "never") != 0)
		return value_seconds(place, word, value, field, reterr);
	*ret = COMPRESS_NEVER;
	return 0;
}

static int
value_canary(const struct place *place, const struct word *word,
    const char *value, void *field, struct text_error *reterr)
{
	uint32_t *ret = field;

	if (strcmp(value, "never") != 0)
		return value_seconds(place, word, value, field, reterr);
	*ret = 0;
	return 0;
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
	{ "lists-user", value_user, AT(lists_user), 0, 0 },
};

static const struct word limits_words[] = {
	{ "connections", value_u32, AT(connections), 1, 100000 },
	{ "connections-per-address", value_u32, AT(connections_per_address), 1,
	    100000 },
	{ "unauthenticated", value_u32, AT(unauthenticated), 1, 100000 },
	{ "channels", value_u32, AT(channels), 1, 1000 },
	{ "queue", value_u32, AT(queue), 1, 10000000 },
	{ "login-grace", value_seconds, AT(login_grace), 1, 3600 },
	{ "idle-timeout", value_seconds, AT(idle_timeout), 1, 30 * DAY },
	{ "drain-timeout", value_seconds, AT(drain_timeout), 1, DAY },
	{ "digests-timeout", value_seconds, AT(digests_timeout), 1, 3600 },
	{ "rekey-data", value_kib, AT(rekey_kib), 0, 1u << 30 },
	{ "rekey-interval", value_interval, AT(rekey_interval), 0, 30 * DAY },
	{ "canary", value_canary, AT(canary), 1, 30 * DAY },
};

static const struct word audit_words[] = {
	{ "file", value_path, AT(audit_file), 0, 0 },
	{ "origin", value_origin, AT(audit_origin), 0, 0 },
	{ "checkpoint-records", value_u32, AT(checkpoint_records), 1, 1000000 },
	{ "checkpoint-interval", value_seconds, AT(checkpoint_interval), 1,
	    DAY },
	{ "rotate-size", value_size, AT(rotate_size), 4096, UINT64_MAX },
	{ "rotate-age", value_interval, AT(rotate_age), 0, 366 * DAY },
	{ "compress-after", value_compress, AT(compress_after), 0, 366 * DAY },
	{ "warn-free", value_size, AT(warn_free), 0, UINT64_MAX },
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
	offsetof(struct server_conf, said),
	0,
};

const struct kind kind_limits = {
	"limits",
	TREE_SERVER,
	false,
	WORDS(limits_words),
	server_open,
	NULL,
	offsetof(struct server_conf, said),
	0,
};

const struct kind kind_audit = {
	"audit",
	TREE_SERVER,
	false,
	WORDS(audit_words),
	server_open,
	NULL,
	offsetof(struct server_conf, said),
	0,
};

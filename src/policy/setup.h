/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the processes are started with: countersign.conf, and the tokens.
 */
#ifndef CS_POLICY_SETUP_H
#define CS_POLICY_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a rule was written: for records and messages. */
struct rule {
	const char *file; /* relative to the tree's folder */
	unsigned line; /* 0: a default */
};

struct listen_address {
	char host[64];
	uint16_t port;
};

#define LISTEN_MAX 16

#define COMPRESS_NEVER UINT32_MAX

/* countersign.conf */
struct server_conf {
	struct listen_address listen[LISTEN_MAX];
	size_t listens;
	const char *user; /* the ssh user name, "sign" */
	const char *host_key; /* paths are absolute by now */
	const char *state_dir;
	const char *run_dir;
	const char *net_user, *broker_user, *token_user, *lists_user;
	const char *audit_file;
	const char *audit_origin; /* or NULL: HOST/countersign */
	uint32_t checkpoint_records; /* at most so many without a checkpoint */
	uint32_t checkpoint_interval; /* nor so many seconds */
	uint64_t rotate_size; /* bytes; 0: never by size */
	uint32_t rotate_age; /* seconds; 0: never by age */
	uint32_t compress_after; /* seconds; COMPRESS_NEVER */
	uint64_t warn_free; /* bytes; 0: no warning */
	uint32_t canary; /* seconds; 0: never */
	/* [limits]; times in seconds */
	uint32_t connections, connections_per_address, unauthenticated;
	uint32_t queue; /* lines of one client key that may wait */
	uint32_t channels, login_grace, idle_timeout, drain_timeout;
	uint32_t digests_timeout; /* of a command that is asked for one */
	uint32_t rekey_kib; /* 0: the cipher's own limit */
	uint32_t rekey_interval; /* 0: never by time */
	const char *said; /* its lines, "word = value"; NULL: none */
};

struct token_conf {
	const char *name;
	const char *module;
	const char *label;
	const char *serial; /* or NULL */
	const char *pin_file; /* or NULL */
	const char *pin_credential; /* or NULL: $CREDENTIALS_DIRECTORY/NAME */
	const char **environment; /* NAME=VALUE, NULL-terminated, may be NULL */
	bool network;
	uint16_t workers;
	uint32_t timeout_ms;
	struct rule rule;
	const char *said; /* its lines */
};

#endif

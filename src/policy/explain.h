/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A dry run of the policy: the same decisions as for a client that really
 * comes, and every bound that had a say in them.
 */
#ifndef CS_POLICY_EXPLAIN_H
#define CS_POLICY_EXPLAIN_H

#include "base/buf.h"
#include "policy/decide.h"

/* A client key and its fingerprint; key NULL: none. */
struct who {
	const struct client_key *key;
	const char *fingerprint;
};

#define EXPLAIN_NAMES 64

struct question {
	const struct tree *tree;
	struct who client, second;
	struct moment moment; /* its fingerprint is not looked at */
	const char *command; /* as given to ssh; "": none */
	/* The lines: their hash (NONE: sha256, or what the command says), the
	 * number of the first (0: 1), and their names; without one it is a
	 * line that has none. */
	enum hash hash;
	uint64_t number;
	const char *names[EXPLAIN_NAMES];
	size_t name_count;
};

/* How far it came. */
enum stage {
	STAGE_LOGIN,
	STAGE_COMMAND, /* as a whole */
	STAGE_LINE,
};

struct explained {
	struct verdict verdict;
	enum stage stage;
	uint64_t line; /* of the verdict, for STAGE_LINE */
	enum hash hash;
	struct command command;
	struct grant grant; /* key NULL: none */
};

/* The reason is the verdict's. */
enum reason explain(const struct question *, struct explained *ret);

/* For people: several lines. */
void explain_text(
    const struct question *, const struct explained *, struct buf *out);
/* One object, without an LF. */
void explain_json(
    const struct question *, const struct explained *, struct buf *out);

#endif

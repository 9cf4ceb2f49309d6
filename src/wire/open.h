/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a channel's request begins: a command, and the environment variables
 * that the client sent before it.  These are claims: nobody but the client
 * says so, and they never become a process's environment.
 */
#ifndef CS_WIRE_OPEN_H
#define CS_WIRE_OPEN_H

#include "base/words.h"
#include "wire/type.h"

enum open_how {
	OPEN_COMMAND, /* exec with a command */
	OPEN_SHELL, /* no command, stdin may bring lines */
	OPEN_TERMINAL, /* no command, and a terminal was asked for */
	OPEN_AGENT, /* a message to the session's agent: a sign command */
	OPEN_HOW_COUNT,
};

struct variable {
	char name[VARIABLE_SIZE];
	char value[VARIABLE_VALUE_SIZE]; /* any bytes but NUL */
};

/* Each name once. */
struct variables {
	uint8_t count;
	struct variable item[WIRE_VARIABLES];
};

struct open_request {
	uint32_t channel;
	enum open_how how;
	char command[COMMAND_SIZE];
	struct variables env;
};

/* Letters, digits and '_', no digit first, and shorter than VARIABLE_SIZE. */
bool variable_is_name(const char *);
/* By name, or NULL. */
struct variable *variables_find(struct variables *, const char *name);

void open_request_put(struct writer *, const struct open_request *);
bool open_request_get(struct reader *, struct open_request *ret);

#endif

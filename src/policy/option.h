/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of a client's command, and which verbs have them.
 */
#ifndef CS_POLICY_OPTION_H
#define CS_POLICY_OPTION_H

#include "policy/command.h"

/* What an option does to the command: 0, or -1 with what to tell. */
typedef int option_fn(
    struct command *, const char *value, struct text_error *reterr);

struct option {
	const char *name; /* after "--" */
	char letter; /* after "-", or NUL */
	bool value;
	unsigned verbs; /* 1u << verb of each that has it */
	option_fn *set;
};

/* The option that a word names; *ret_value: what is attached, or NULL. */
const struct option *option_find(
    enum verb, const char *word, const char **ret_value);
size_t option_index(const struct option *); /* below 32 */
/* -k, also where the key is an operand. */
option_fn option_key;
/* -1, with the options that the verb has. */
int option_unknown(enum verb, const char *word, struct text_error *reterr);

#endif

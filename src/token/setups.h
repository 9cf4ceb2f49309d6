/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tokens that the starter told the keeper about.
 */
#ifndef CS_TOKEN_SETUPS_H
#define CS_TOKEN_SETUPS_H

#include "wire/token.h"

#define SETUPS_MAX 64

struct setups {
	struct token_setup *list;
	int pins[SETUPS_MAX]; /* descriptors, or -1: the setup names a file */
	size_t count;
};

/* Reads until the starter closes its end: 0, or -1 and nothing is kept. */
int setups_read(int channel, struct setups *ret);
void setups_release(struct setups *);
/* The index, or -1. */
int setups_find(const struct setups *, const char *name);

#endif

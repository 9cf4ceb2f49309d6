/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes that know lists of digests: the keeper, and the server that it
 * gave us last.  The server is believed in one thing: whether a digest is in a
 * list.  One that breaks the rules is dropped, and the keeper starts another.
 */
#ifndef CS_BROKER_LISTS_H
#define CS_BROKER_LISTS_H

#include <stdbool.h>

struct lists;
struct service;

/* NULL: no memory. */
struct lists *lists_new(struct service *);
void lists_free(struct lists *);
/* Takes the keeper's channel over, on failure too: 0, or -1 (no memory). */
int lists_start(struct lists *, int keeper);
/* A server is there, or there will be none. */
bool lists_are_settled(const struct lists *);

#endif

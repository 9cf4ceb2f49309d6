/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end: accepted requests finish, nothing new begins, sessions are told
 * to go, and the last record is STOP, or the CHECKPOINT that covers it.
 */
#ifndef CS_BROKER_DRAIN_H
#define CS_BROKER_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

struct drain;
struct service;

/* NULL: no memory. */
struct drain *drain_new(struct service *);
void drain_free(struct drain *);

void drain_begin(struct service *);
/* Until when a client may still take the answers that are on their way. */
uint64_t drain_until(const struct service *);
bool drain_is_on(const struct service *);
/* After each round: is somebody ready to go, or everybody gone? */
void drain_check(struct service *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals, and how the service ends: drained when it was told to, at once and
 * with 70 when one of its processes ended by itself (but for the lists).
 */
#ifndef CS_LISTENER_DRAIN_H
#define CS_LISTENER_DRAIN_H

#include "listener/listener.h"

/* 0, or -1 with errno. */
int drain_open(struct listener *);
/* The broker has drained, or nothing can be drained: ends the others. */
void drain_end(struct listener *);

#endif

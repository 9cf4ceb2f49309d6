/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two control channels in the loop: what the broker and the parent of the
 * sessions may say, and what waits until they have room.
 *
 * Both channels are non-blocking: if we waited for a process that waits for
 * us, the service would stand still.
 */
#ifndef CS_LISTENER_CONTROL_H
#define CS_LISTENER_CONTROL_H

#include "listener/listener.h"

/* 0, or -1 with errno. */
int control_open(struct listener *);
void control_close_parent(struct listener *);
void control_close(struct listener *);

/* Asks for EPOLLOUT where something waits; call after each change. */
void control_update(struct listener *);

/* Sends want_reload and want_drain as far as there is room. */
void control_flush(struct listener *);

#endif

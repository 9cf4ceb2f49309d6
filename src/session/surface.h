/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything the broker can say to a session by itself.
 */
#ifndef CS_SESSION_SURFACE_H
#define CS_SESSION_SURFACE_H

#include "session/connection.h"

/*
 * Handles what has arrived.  False: the broker is gone, or said something it
 * must not, and the session has to end.
 */
bool surface_receive(struct connection *);

#endif

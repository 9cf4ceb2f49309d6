/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that anybody can say to the broker, and when: one table for each
 * kind of peer.
 */
#ifndef CS_BROKER_SURFACE_H
#define CS_BROKER_SURFACE_H

#include "broker/peer.h"

extern const struct surface session_surface[];
extern const struct surface listener_surface[];
extern const struct surface keeper_surface[];
extern const struct surface lists_keeper_surface[];
extern const struct surface lists_server_surface[];
extern const struct surface worker_surface[];
extern const struct surface admin_surface[];

#endif

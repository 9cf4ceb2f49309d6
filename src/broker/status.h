/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What countersignctl status shows.
 */
#ifndef CS_BROKER_STATUS_H
#define CS_BROKER_STATUS_H

#include "base/buf.h"

struct service;

void status_say(const struct service *, bool json, struct buf *);

#endif

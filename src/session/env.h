/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel's env requests, kept for the broker within bounds: what is beyond
 * them is refused, which ssh(1) passes over in silence.
 */
#ifndef CS_SESSION_ENV_H
#define CS_SESSION_ENV_H

#include "wire/open.h"

/*
 * Sets a variable; *list is made for the first one, and the caller's to free.
 * False: it cannot be kept.
 */
bool env_set(struct variables **list, const char *name, const char *value);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a session keeps: two connected sockets and nothing else.
 */
#ifndef CS_SESSION_JAIL_H
#define CS_SESSION_JAIL_H

#include "base/jail.h"

extern const struct jail session_jail;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CS_LISTENER_JAIL_H
#define CS_LISTENER_JAIL_H

#include "base/jail.h"

extern const struct jail listener_jail;

#endif

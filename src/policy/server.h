/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign.conf: what the service is when nothing is said, and what its
 * sections may say.
 */
#ifndef CS_POLICY_SERVER_H
#define CS_POLICY_SERVER_H

#include "policy/tree.h"

/* Everything as if countersign.conf were empty; 0, or -1: no memory. */
int server_defaults(struct tree *);

#endif

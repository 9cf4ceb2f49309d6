/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can only be checked when the whole tree is there: that profiles name
 * keys that exist, and that what they grant can be used at all.  Looked at is
 * what came since tree_enter (policy/tenant.h), or all.
 */
#ifndef CS_POLICY_FINISH_H
#define CS_POLICY_FINISH_H

#include "policy/private.h"

/* At most one signs the log's checkpoints. */
void finish_keys(struct intake *);
/* Each key gets its generations. */
void finish_generations(struct intake *);
void finish_profiles(struct intake *);
/* Is what a tenant's files added inside its bounds? */
void finish_tenant(struct intake *);

#endif

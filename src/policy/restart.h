/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was fixed when the processes were started, and cannot follow a new
 * tree.
 */
#ifndef CS_POLICY_RESTART_H
#define CS_POLICY_RESTART_H

#include "policy/tree.h"

/* 0, or -1: reterr names a word that cannot change by a reload. */
int restart_check(const struct tree *running, const struct tree *next,
    struct text_error *reterr);

#endif

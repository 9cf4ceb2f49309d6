/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reload would change, for people and for programs.
 */
#ifndef CS_CTL_CHANGES_H
#define CS_CTL_CHANGES_H

#include "ctl/json.h"
#include "policy/tree.h"

/*
 * Lines on out, of which there are not too many; the rest is counted.  0, or
 * -1: no memory.
 */
int changes_print(
    const struct tree *running, const struct tree *next, FILE *out);
/* All of them, as objects of a list that is open.  0, or -1: no memory. */
int changes_json(
    const struct tree *running, const struct tree *next, struct json *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One layer of limits: a profile's, a key's.  A line must be allowed by each
 * layer that is over it; no layer can allow what another one refuses.
 */
#ifndef CS_POLICY_LAYER_H
#define CS_POLICY_LAYER_H

#include "policy/decide.h"

/* Whose limits they are, for texts: "profile" "ci". */
struct layer {
	const char *what;
	const char *name;
	const struct limits *limits;
};

#endif

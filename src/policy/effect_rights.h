/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rights come and go between two trees: the part of policy/effect.h
 * that looks at who may have what signed.
 */
#ifndef CS_POLICY_EFFECT_RIGHTS_H
#define CS_POLICY_EFFECT_RIGHTS_H

#include "policy/date.h"
#include "policy/people.h"

/* What is known while effects are looked for. */
struct effects {
	effect_fn *tell;
	void *arg;
	const struct tree *tree_before, *tree_after;
	struct changes changes;
	struct crowd before, after;
	/* Of what is told of now, or NULL. */
	const struct limits *limits_before, *limits_after;
};

/* 0, or -1: no memory. */
int effects_rights(struct effects *);

#endif

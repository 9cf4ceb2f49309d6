/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tree says of its tenants, for people.
 */
#ifndef CS_CTL_TENANTS_H
#define CS_CTL_TENANTS_H

#include <stdio.h>

#include "policy/tenant.h"

/* A line for each tenant whose files are bad: how many there are. */
size_t tell_tenants(FILE *, const struct tree *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What no other process knows: where hashes of foreign texts begin, so that
 * nobody can choose texts that all fall into one place.
 */
#ifndef CS_BASE_SEED_H
#define CS_BASE_SEED_H

#include <stdint.h>

/* The same until the process ends. */
uint64_t seed_get(void);

#endif

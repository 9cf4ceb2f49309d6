/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many digests, to be looked up by their bytes.  Filled once, then sealed:
 * look-ups are binary searches, so no content of a list can make them slow.
 */
#ifndef CS_LISTS_SET_H
#define CS_LISTS_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Digests of one set. */
#define SET_MAX 2000000u

struct set;

/* NULL: no memory. */
struct set *set_new(void);
/* Accepts NULL. */
void set_free(struct set *);

/* len is a hash's size (32, 48, 64): 0, or -1 with errno (ENOSPC: SET_MAX). */
int set_add(struct set *, const void *digest, size_t len);
/* No more is added; before it nothing is found. */
void set_seal(struct set *);
bool set_has(const struct set *, const void *digest, size_t len);

size_t set_count(const struct set *);
/* The memory that it takes. */
size_t set_bytes(const struct set *);

#endif

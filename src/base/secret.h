/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for secrets: locked where the limits allow, out of core dumps and of
 * forked children, wiped when given back.
 */
#ifndef CS_BASE_SECRET_H
#define CS_BASE_SECRET_H

#include <stddef.h>

/* At least size zeroed bytes, or NULL.  *ret_locked may be NULL. */
void *secret_new(size_t size, int *ret_locked);
void secret_free(void *, size_t size);

#endif

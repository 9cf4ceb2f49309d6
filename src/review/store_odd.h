/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records that have no place in the day files, each in a file of its own,
 * KIND/HOST/SEQ-HASH.json: of "conflicts" there are two or more with one seq,
 * "late" ones came after their gap was given up.
 */
#ifndef CS_REVIEW_STORE_ODD_H
#define CS_REVIEW_STORE_ODD_H

#include <stddef.h>

#include "audit/fields.h"

/* It is on disk: 1, 0 when it was there already, or -1 with errno. */
int odd_keep(int root, const char *kind, const char *host_name,
    const struct fields *, const char *record, size_t len);

#endif

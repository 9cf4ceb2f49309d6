/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last lines of many.
 */
#ifndef CS_REVIEW_TAIL_H
#define CS_REVIEW_TAIL_H

#include <stdbool.h>
#include <stddef.h>

#define TAIL_MAX 1000000

struct tail;

/* Of count lines, 1 to TAIL_MAX; NULL: no memory. */
struct tail *tail_new(size_t count);
void tail_free(struct tail *);
/* false: no memory. */
bool tail_add(struct tail *, const char *line, size_t len);
/* The oldest that is left, which is taken away by the next call; or NULL. */
const char *tail_take(struct tail *, size_t *ret_len);

#endif

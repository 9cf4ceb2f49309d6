/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong in the tree, as "file:line: text" for people and editors.
 */
#ifndef CS_CTL_TELL_H
#define CS_CTL_TELL_H

#include <stdio.h>

#include "base/text.h"
#include "policy/tree.h"

/* A text_error_fn; out is the FILE to write to. */
void tell_error(void *out, const struct text_error *);
void tell_warning(FILE *out, const struct rule *, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif

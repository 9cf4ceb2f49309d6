/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong in the tree, as "file:line: text" for people and editors.
 */
#ifndef CS_CTL_TELL_H
#define CS_CTL_TELL_H

#include <stdio.h>

#include "base/text.h"
#include "policy/lint.h"

/* A text_error_fn; out is the FILE to write to. */
void tell_error(void *out, const struct text_error *);
/* Who hears of what an admin should look at. */
struct hearer {
	note_fn *fn;
	void *arg;
};

void tell_warning(const struct hearer *, const struct rule *, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
/* A note_fn: "file:line: warning: text"; out is the FILE. */
void tell_warning_line(void *out, const struct note *);
/* The same with the word "note". */
void tell_note_line(void *out, const struct note *);

#endif

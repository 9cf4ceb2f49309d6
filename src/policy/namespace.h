/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What SSH signatures may be for: namespaces.
 *
 * At least the key or the profile must say which; those of both that say
 * some, and of the tenants around them, must allow one.
 */
#ifndef CS_POLICY_NAMESPACE_H
#define CS_POLICY_NAMESPACE_H

#include "policy/resolve.h"
#include "policy/section.h"

value_fn value_namespaces; /* struct names */

/*
 * The next one that may be used, from *at on, which begins with 0; NULL after
 * the last.
 */
const char *namespace_next(
    const struct profile *, const struct signing_key *, size_t *at);

/* "file, git" behind what the text holds; "none". */
void namespace_list(const struct profile *, const struct signing_key *,
    char *text, size_t size);

/* Is there one for the key?  OK, or a verdict. */
enum reason namespace_check(const struct grant *, struct verdict *ret);

/*
 * Sets grant->namespace where the format has one: that of the command, or the
 * only one that may be used.  Every reason but OK sets the verdict.
 */
enum reason namespace_resolve(const struct tree *, const struct command *,
    struct grant *, struct verdict *ret);

#endif

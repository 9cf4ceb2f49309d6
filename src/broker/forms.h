/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms in which pubkey gives a key.
 */
#ifndef CS_BROKER_FORMS_H
#define CS_BROKER_FORMS_H

#include "base/buf.h"
#include "policy/resolve.h"

struct key;

/*
 * The key is known.  OK, or why the command's form cannot be had: USAGE, with
 * what could be, or what policy says.
 */
enum reason say_pubkey(const struct grant *, const struct key *,
    const struct command *, struct buf *out, struct verdict *ret);

#endif

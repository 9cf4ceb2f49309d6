/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verb agent: the keys that there are for it.  What one of them is to
 * sign comes as a request of its own (OPEN_AGENT, wire/open.h).
 */
#ifndef CS_BROKER_AGENT_H
#define CS_BROKER_AGENT_H

#include "broker/request.h"

/*
 * Adds what an agent answers to who asks for identities: their number, and for
 * each its key (SSH's wire form) and its name.  only: of this key alone, or
 * NULL.  Returns how many there are.
 */
uint32_t agent_identities(
    const struct session *, const struct signing_key *only, struct buf *out);

#endif

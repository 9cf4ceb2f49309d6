/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the owner of a tenant hears of a tree that was read: what is about the
 * tenant, and nothing of others.
 */
#ifndef CS_BROKER_TENANT_ANSWER_H
#define CS_BROKER_TENANT_ANSWER_H

#include "base/buf.h"
#include "broker/loader.h"

struct admin_peer;

/* Errors, and what a reload would change: the exit status of check. */
uint8_t say_check(
    const struct admin_peer *, const struct loaded *, struct buf *out);
/* After a reload, taken or not. */
uint8_t say_reload(const struct admin_peer *, const struct loaded *, bool taken,
    struct buf *out);

#endif

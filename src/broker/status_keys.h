/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing keys in status: each generation of each, and whether it can sign.
 */
#ifndef CS_BROKER_STATUS_KEYS_H
#define CS_BROKER_STATUS_KEYS_H

#include "base/buf.h"

struct service;

/* A line each. */
void status_keys_text(const struct service *, struct buf *out);
/* The members of a JSON array. */
void status_keys_json(const struct service *, struct buf *out);

#endif

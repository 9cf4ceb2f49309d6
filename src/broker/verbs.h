/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the informational verbs say.
 */
#ifndef CS_BROKER_VERBS_H
#define CS_BROKER_VERBS_H

#include "base/buf.h"
#include "broker/session.h"
#include "policy/decide.h"

struct key;

void say_greeting(const struct session *, struct buf *);
/* topic is a verb's word, or empty. */
void say_help(const struct profile *, const char *topic, struct buf *);
void say_whoami(const struct session *, bool json, struct buf *);
void say_keys(const struct session *, bool json, struct buf *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling the keeper its tokens: one TOKEN_SETUP each, with the PIN as a
 * descriptor where it is a systemd credential, which only root can open.
 */
#ifndef CS_LISTENER_SETUP_H
#define CS_LISTENER_SETUP_H

#include "policy/tree.h"
#include "wire/token.h"

/* 0, or -1 after telling why. */
int setup_send(int channel, const struct tree *);

/* One section as its message: 0, or -1 when something does not fit. */
int setup_fill(const struct token_conf *, struct token_setup *ret);

#endif

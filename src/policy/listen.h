/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the service listens: numeric addresses with a port.
 */
#ifndef CS_POLICY_LISTEN_H
#define CS_POLICY_LISTEN_H

#include "policy/tree.h"

/* "127.0.0.1:2222", "[::1]:0": 0, or -1 with reterr->what. */
int listen_parse(
    const char *, struct listen_address *ret, struct text_error *reterr);

#endif

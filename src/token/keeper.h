/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent of the workers: starts them, ends them and tells the broker when
 * one is gone.  It knows the setups (and PINs that came as descriptors) but
 * loads no module.
 *
 * Starts with its channel to the broker as descriptor 3 and the starter's,
 * with TOKEN_SETUP messages, as 4.
 */
#ifndef CS_TOKEN_KEEPER_H
#define CS_TOKEN_KEEPER_H

#include "token/spawn.h"

#define KEEPER_BROKER 3
#define KEEPER_SETUP 4

/* The exit status: 0 when the broker closed its end. */
int keeper_run(const struct spawn *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit keys and checkpoints that `log verify' is given.
 */
#ifndef CS_CTL_LOG_GIVEN_H
#define CS_CTL_LOG_GIVEN_H

#include "audit/claim.h"

/*
 * A vkey, or the file that holds one or a PEM public key; and the file of a
 * note or a proof.  0, or EX_DATAERR (said why).
 */
int given_key(struct claims *, const char *arg);
int given_checkpoint(struct claims *, const char *file);

#endif

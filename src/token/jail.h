/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the processes of this domain may still do.
 *
 * They are deny-lists: nobody knows what a vendor's module calls, and the
 * worker's inherits the keeper's.  The file system is readable and nothing in
 * it writable, which also keeps SoftHSM from rewriting its token at login.
 */
#ifndef CS_TOKEN_JAIL_H
#define CS_TOKEN_JAIL_H

#include <stdbool.h>

/* Each returns 0, or -1 with a message in what[128]. */
int jail_keeper(char what[128]);
int jail_worker(bool network, char what[128]);

#endif

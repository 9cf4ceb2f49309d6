/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the running broker, over the admin socket in its run-dir.
 */
#ifndef CS_CTL_ADMIN_H
#define CS_CTL_ADMIN_H

#include <stdio.h>

#include "wire/admin.h"

#define ADMIN_SOCKET "admin.sock"

/*
 * Prints what the broker says and returns the exit status it gives; or says
 * why there is no answer and returns EX_UNAVAILABLE.
 */
int ask_admin(const char *run_dir, const struct admin_request *);
/* The same with the broker's words for stdout elsewhere. */
int ask_admin_into(
    FILE *out, const char *run_dir, const struct admin_request *);

/*
 * The same of the broker that runs the tree in this folder: its own
 * countersign.conf says where that one listens.  A file that cannot be read
 * is told of, and is 1.
 */
int ask_running(const char *dir, const struct admin_request *);

/*
 * Is the user neither root nor who the tree in dir belongs to?  Then only the
 * broker can answer, as far as the user is the owner of a tenant.
 */
bool asks_as_tenant(const char *dir);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the running broker, over the admin socket in its run-dir.
 */
#ifndef CS_CTL_ADMIN_H
#define CS_CTL_ADMIN_H

#include <stdbool.h>

#include "wire/admin.h"

#define ADMIN_SOCKET "admin.sock"

/*
 * Prints what the broker says and returns the exit status it gives; or says
 * why there is no answer and returns EX_UNAVAILABLE.
 */
int ask_admin(const char *run_dir, enum admin_verb, bool json);

#endif

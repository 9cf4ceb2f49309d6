/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is suspended right now, asked of the running broker.
 */
#ifndef CS_CTL_SUSPENDED_H
#define CS_CTL_SUSPENDED_H

#include "policy/suspension.h"

/* NULL, and why not is on stderr.  suspensions_free. */
struct suspensions *suspended_now(const char *run_dir);

/* The broker's answer as JSON: NULL when it is not what it should be. */
struct suspensions *suspended_read(const char *json, size_t len);

#endif

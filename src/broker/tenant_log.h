/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of a tenant, for its owner: those whose profile, key or tenant
 * is the tenant's, and never another.
 *
 * Each request gets some of them: lines, then "next SEQ" to go on with, or
 * "end".  So nobody's log is read faster than its reader takes it.
 */
#ifndef CS_BROKER_TENANT_LOG_H
#define CS_BROKER_TENANT_LOG_H

#include "broker/admin.h"

admin_verb_fn ask_log;

#endif

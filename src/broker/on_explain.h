/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl explain, asked by who may not read the tree: of client keys
 * that the user governs, on the tree that runs.
 *
 * Arguments: the client key's fingerprint, the second's or "", the address,
 * the time (seconds), the hash or "", the line's number or "0", the command,
 * and the lines' names.
 */
#ifndef CS_BROKER_ON_EXPLAIN_H
#define CS_BROKER_ON_EXPLAIN_H

#include "broker/admin.h"

/* As many names as arguments leave room for. */
#define EXPLAIN_ARGS 7

admin_verb_fn ask_explain;

#endif

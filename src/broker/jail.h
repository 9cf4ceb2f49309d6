/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the broker may do, and its five threads, each with a list of its own.
 *
 * The threads exist before the jail, so that nobody needs to make any inside;
 * they enter together with the loop, and do nothing before.
 */
#ifndef CS_BROKER_JAIL_H
#define CS_BROKER_JAIL_H

#include "policy/tree.h"

/* Prepares; dir is the tree's folder.  0, or -1 with a message. */
int jail_broker_prepare(const struct tree *, const char *dir, char what[128]);
/* First in each of the threads; ends the process if not. */
void jail_journal_gate(void *unused);
void jail_loader_gate(void *unused);
void jail_archive_gate(void *unused);
void jail_note_gate(void *unused);
void jail_store_gate(void *unused);
/* In the main thread, when the threads exist.  0, or -1 with a message. */
int jail_broker_enter(char what[128]);

#endif

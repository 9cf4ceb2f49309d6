/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key with use = audit: it signs checkpoints of the log, and nothing that
 * a client asks for.
 */
#ifndef CS_BROKER_AUDIT_KEY_H
#define CS_BROKER_AUDIT_KEY_H

#include "audit/note.h"
#include "broker/token.h"

struct service;

/* NULL: the tree has none. */
struct key *audit_key(const struct service *);
/* Can it sign?  With why, when it cannot (yet). */
enum key_standing audit_key_standing(
    const struct service *, enum reason *ret, const char **ret_text);
/* [audit] origin, or HOST/countersign. */
void audit_origin(
    const struct service *, const char *host, char ret[static NOTE_NAME]);
/* As a verifier's key under that name: 0, or -1: its facts are not known. */
int audit_key_note(
    const struct key *, const char *origin, struct note_key *ret);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands beside a signing key's object in the tree: its certificate, as
 * formats want it.  The texts are kept to see when a reload brings others.
 */
#ifndef CS_BROKER_KEY_FILES_H
#define CS_BROKER_KEY_FILES_H

#include "format/certificate.h"
#include "policy/generation.h"

struct key_files {
	char *text[KEY_FILES]; /* or NULL */
	struct certificate *certificate; /* NULL: there is none, or a bad one */
};

/* 0, or -1: no memory.  What cannot be read was told when it was loaded. */
int key_files_read(struct key_files *ret, const struct generation *);
void key_files_release(struct key_files *);

/* Does the tree still say the same? */
bool key_files_are(const struct key_files *, const struct generation *);
/* Are they for this public key?  NULL, or what is wrong. */
const char *key_files_differ(
    const struct key_files *, const uint8_t *spki, size_t len);

#endif

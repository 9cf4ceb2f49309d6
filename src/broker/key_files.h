/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands beside a signing key's object in the tree: its certificate and
 * its OpenPGP key, as formats want them.  The texts are kept to see when a
 * reload brings others.
 */
#ifndef CS_BROKER_KEY_FILES_H
#define CS_BROKER_KEY_FILES_H

#include "format/certificate.h"
#include "format/openpgp_key.h"
#include "policy/generation.h"

struct key_files {
	char *text[KEY_FILES]; /* or NULL */
	struct certificate *certificate; /* NULL: there is none, or a bad one */
	bool has_openpgp; /* it was checked, and is: */
	struct openpgp_key openpgp;
};

/* 0, or -1: no memory.  What cannot be read was told when it was loaded. */
int key_files_read(struct key_files *ret, const struct generation *);
void key_files_release(struct key_files *);

/* Does the tree still say the same of one, of all? */
bool key_file_is(
    const struct key_files *, enum key_file, const struct generation *);
bool key_files_are(const struct key_files *, const struct generation *);
/* Are they for this public key?  0, or -1 with text. */
int key_files_check(struct key_files *, const uint8_t *spki, size_t len,
    char text[MESSAGE_SIZE]);
/* The OpenPGP key of files that were checked, or NULL. */
const struct openpgp_key *key_files_openpgp(const struct key_files *);

#endif

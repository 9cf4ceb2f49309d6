/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A private key in a token as a ceremony sees it: its names, its public half,
 * what it is allowed to do, and a signature with it.
 */
#ifndef CS_CTL_TOKEN_KEY_H
#define CS_CTL_TOKEN_KEY_H

#include "p11/pubkey.h"
#include "p11/uri.h"

struct token_key {
	CK_OBJECT_HANDLE handle;
	struct pubkey pubkey;
	char label[P11_OBJECT_NAME]; /* may be empty */
	uint8_t id[P11_OBJECT_ID];
	size_t id_len; /* may be 0 */
};

/*
 * With its public half, from the object of the same id or the key itself.  0,
 * or -1 with reterr (label and id are set all the same).  Release either way.
 */
int token_key_load(const struct p11_session *, CK_OBJECT_HANDLE,
    struct token_key *ret, struct text_error *reterr);
void token_key_release(struct token_key *);

/* The one private key of that label: 0, or the exit status and said why. */
int token_key_find(
    const struct p11_session *, const char *name, struct token_key *ret);

/* "%01%02" */
void token_key_id(
    const struct token_key *, char ret[static 3 * P11_OBJECT_ID + 1]);

/* What decides whether the service would take the key, in words. */
#define TOKEN_ATTRIBUTES 160
void token_key_attributes(const struct p11_session *, CK_OBJECT_HANDLE,
    char ret[static TOKEN_ATTRIBUTES]);
/* It signs, never leaves the token and does nothing else. */
bool token_key_is_closed(const struct p11_session *, CK_OBJECT_HANDLE);

/* Attributes, fingerprint and PEM of the public key, to stdout. */
void token_key_say(const struct p11_session *, const struct token_key *);

/*
 * A signature over a message, as X.509 has it (RSA PKCS#1 v1.5 with SHA-256,
 * ECDSA in DER with the hash of the curve's size, Ed25519).  *ret_nid is the
 * algorithm's.  0, or -1 and said why.
 */
#define TOKEN_SIGNATURE 2048
int token_key_sign(const struct p11_session *, const struct token_key *,
    const uint8_t *message, size_t len, uint8_t ret[static TOKEN_SIGNATURE],
    size_t *ret_len, int *ret_nid);

#endif

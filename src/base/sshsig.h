/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading OpenSSH's signatures (PROTOCOL.sshsig): the armored text, what is
 * in it, and the message that a client wants to have signed.
 *
 * Only the one form that ssh-keygen writes is read.
 */
#ifndef CS_BASE_SSHSIG_H
#define CS_BASE_SSHSIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/words.h"

#define SSHSIG_MAGIC "SSHSIG" /* six bytes, without a length */
#define SSHSIG_VERSION 1
#define SSHSIG_BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define SSHSIG_END "-----END SSH SIGNATURE-----\n"
#define SSHSIG_COLUMNS 70
#define SSHSIG_MAX 8192 /* bytes of a signature without its armor */

/* The key and the signature in SSH's wire form: views, nothing is owned. */
struct sshsig {
	const uint8_t *key;
	size_t key_len;
	char namespace[NAMESPACE_SIZE];
	enum hash hash; /* sha256 or sha512 */
	const uint8_t *signature;
	size_t signature_len;
};

/* What is signed: a namespace and a hash. */
struct sshsig_message {
	char namespace[NAMESPACE_SIZE];
	enum hash hash;
	uint8_t digest[DIGEST_MAX];
	size_t len;
};

/*
 * Printable ASCII of at most 64 bytes, without blanks and without what has a
 * meaning in a list of patterns: , " \ * ? !
 */
bool sshsig_is_namespace(const char *);

/* 0, or -1: it is not exactly one armored text. */
int sshsig_unarmor(
    const char *, size_t len, uint8_t *ret, size_t size, size_t *ret_len);

/* 0, or -1: it is not exactly one signature; bytes must outlive ret. */
int sshsig_get(const uint8_t *bytes, size_t len, struct sshsig *ret);

/* The same for a message to be signed. */
int sshsig_message_get(const uint8_t *, size_t len, struct sshsig_message *ret);

#endif

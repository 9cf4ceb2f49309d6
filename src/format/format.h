/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a format makes of a digest: one row a format, one module a row.
 *
 * plan says which mechanism the token must run for this key and hash; input
 * gives the bytes to sign; finish turns the token's signature into the
 * client's, and verify proves that it did.  Adding a format is a module with
 * its row, its tests and its section in countersign-protocol(7).
 */
#ifndef CS_FORMAT_FORMAT_H
#define CS_FORMAT_FORMAT_H

#include "base/reason.h"
#include "base/text.h"
#include "base/words.h"
#include "policy/tree.h"

/* What a format needs to know of a signing key. */
struct format_key {
	enum key_type type;
	uint16_t bits;
	uint64_t mechs; /* mech_bit(), what the token can do with it */
};

struct format_proof;

struct format {
	const char *name;
	bool wrapped;
	const char *extension; /* of files, without the dot */
	const char *help; /* one line */
	/* MECH_NONE: this key type does not fit; no look at mechs here. */
	enum mech (*mech)(enum key_type, enum hash);
	/*
	 * 0, or -1: the digest is not as long as its hash.  *ret_len is at
	 * most size.
	 */
	int (*input)(const struct format_key *, enum hash,
	    const uint8_t *digest, size_t len, uint8_t *ret, size_t size,
	    size_t *ret_len);
	/*
	 * 0, or -1: the token's answer has another length than the key's
	 * signatures, or numbers that no signature has.
	 */
	int (*finish)(const struct format_key *, const uint8_t *signature,
	    size_t len, uint8_t *ret, size_t size, size_t *ret_len);
	/* What finish gave: 0, or -1: it is no signature of the digest. */
	int (*verify)(const struct format_proof *); /* format/proof.h */
};

const struct format *format_by_name(const char *);
const struct format *format_at(size_t index); /* NULL after the last */
const struct format_word *format_words(size_t *ret_count);

/*
 * The mechanism for this key, format and hash: OK, FORMAT or HASH, with a
 * sentence that names what would fit.
 */
enum reason format_plan(const struct format *, const struct format_key *,
    enum hash, enum mech *ret, char text[MESSAGE_SIZE]);

/*
 * A public key from its SPKI as PEM, or as one OpenSSH line; both end in LF.
 * 0, or -1 when it is no key of ours or does not fit.
 */
int pubkey_pem(const uint8_t *spki, size_t len, char *ret, size_t size);
int pubkey_ssh(const uint8_t *spki, size_t len, const char *comment, char *ret,
    size_t size);
/* "SHA256:" and base64 of a hash: of an SPKI, a blob, a signature. */
#define FINGERPRINT_SIZE 51
void fingerprint(const void *, size_t, char ret[static FINGERPRINT_SIZE]);

#endif

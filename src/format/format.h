/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a format makes of a digest: one row a format, one module a row.
 *
 * A row's functions are pure: the same making gives the same bytes, today and
 * when a line is tried again.  mech says which mechanism the token must run;
 * input gives what it signs; finish turns its signature into the client's
 * answer; open reads an answer back, without trusting finish, to what was
 * signed and the signature over it.  An answer leaves only when open finds
 * both as the token worker verified them (format/proof.h).
 *
 * Adding a format is a module with its row, its tests and its section in
 * countersign-protocol(7).
 */
#ifndef CS_FORMAT_FORMAT_H
#define CS_FORMAT_FORMAT_H

#include "base/reason.h"
#include "base/text.h"
#include "format/making.h"
#include "policy/tree.h"

/* How many lines a signature is about. */
enum format_shape {
	SHAPE_EACH, /* a signature for each line */
	SHAPE_SHARED, /* one for all lines, and an answer for each */
	SHAPE_LIST, /* one for all lines, and one answer */
};

/* SHAPE_SHARED: the answer of a line.  0, or -1 to stop. */
typedef int format_each_fn(
    void *arg, size_t index, const uint8_t *answer, size_t len);

struct format {
	const char *name;
	bool wrapped;
	enum format_shape shape;
	unsigned needs; /* a set of FORMAT_NEEDS_, policy/entry.h */
	enum hash assumed; /* of lines, unless they say it; or HASH_NONE */
	enum line_extra extra; /* what a line has beside its digest */
	bool at_once; /* one line, answered before the end of input */
	unsigned steps; /* signatures of the token, 1 or 2; 0 means 1 */
	const char *extension; /* of files, without the dot */
	const char *help; /* one line */
	/*
	 * MECH_NONE: this key type, or this hash of lines, does not fit; no
	 * look at the key's mechs here.  *ret_over: the hash of what the token
	 * signs, HASH_NONE for MECH_EDDSA.
	 */
	enum mech (*mech)(enum key_type, enum hash, enum hash *ret_over);
	/*
	 * May this line be signed?  OK, or BAD_INPUT, NAME, HASH, FORMAT with
	 * a text.  NULL: every line.  Asked for each line by itself.
	 */
	enum reason (*fit)(const struct making *, char text[MESSAGE_SIZE]);
	/* The same of all lines together, for the other shapes; or NULL. */
	enum reason (*fit_all)(const struct making *, char text[MESSAGE_SIZE]);
	/*
	 * Adds the digest or, for MECH_EDDSA, the message.  0, or -1: the
	 * making is none that fit would take.
	 */
	int (*input)(const struct making *, struct buf *ret);
	/*
	 * Adds the answer.  0, or -1: the token's signature has another length
	 * than the key's, or numbers that no signature has.
	 */
	int (*finish)(const struct making *, const uint8_t *signature,
	    size_t len, struct buf *ret);
	/* Instead of finish, for SHAPE_SHARED. */
	int (*finish_each)(const struct making *, const uint8_t *signature,
	    size_t len, format_each_fn *, void *arg);
	/*
	 * 0, or -1: that is no answer to this making.  ret->input is empty
	 * when it is called, and added to.
	 */
	int (*open)(const struct making *, const uint8_t *answer, size_t len,
	    struct opened *ret);
};

const struct format *format_by_name(const char *);
const struct format *format_at(size_t index); /* NULL after the last */
const struct format_word *format_words(size_t *ret_count);
unsigned format_steps(const struct format *); /* 1 or 2 */

/*
 * The mechanism for this key, format and hash of lines: OK, FORMAT or HASH,
 * with a sentence that names what would fit, or what the key lacks.
 */
enum reason format_plan(const struct format *, const struct format_key *,
    enum hash, enum mech *ret, enum hash *ret_over, char text[MESSAGE_SIZE]);

/*
 * May it sign at that time, by its certificate's dates?  OK, or
 * CERTIFICATE_DATES with a text.
 */
enum reason format_dates(const struct format *, const struct format_key *,
    int64_t now, char text[MESSAGE_SIZE]);

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

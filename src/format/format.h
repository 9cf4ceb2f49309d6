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

#include "base/buf.h"
#include "base/reason.h"
#include "base/text.h"
#include "base/words.h"
#include "policy/tree.h"

struct certificate; /* format/certificate.h */
struct openpgp_key; /* format/openpgp_key.h */

/* What a format needs to know of a signing key.  Nothing of it is owned. */
struct format_key {
	enum key_type type;
	uint16_t bits;
	uint64_t mechs; /* mech_bit(), what the token can do with it */
	const char *name; /* of its [key] */
	const uint8_t *spki; /* SubjectPublicKeyInfo, DER */
	size_t spki_len;
	const struct certificate *certificate; /* NULL: it has none */
	bool allow_expired; /* it may sign although that is over */
	const struct openpgp_key *openpgp; /* the same */
};

/* One digest and what came with it. */
struct format_line {
	enum hash hash;
	const uint8_t *digest;
	size_t len;
	const char *name; /* "": none came */
	/*
	 * EXTRA_STATE: the chaining value, be64 bytes so far, and those that
	 * fill no block yet (digest is that of the whole, finished).
	 * EXTRA_QUERY: wire/query.h.
	 */
	const uint8_t *extra;
	size_t extra_len;
};

/* What an admin's words leave open to nobody else.  "" or NULL: not given. */
struct format_settings {
	const char *namespace; /* sshsig: one that the profile grants */
	const char *predicate_type; /* dsse */
	const char *tsa_policy; /* an OID in dots */
	uint32_t tsa_accuracy_s; /* 0: not said */
	bool no_signing_time; /* cms */
	const char *trailer; /* openpgp-trailer: hex that the client gave */
};

#define FORMAT_RANDOM 16

/* What one signature is made of.  Nothing of it is owned. */
struct making {
	const struct format_key *key;
	const struct format_settings *set;
	const struct format_line *lines; /* one, or with shape all of them */
	size_t count;
	int64_t now; /* seconds since 1970: the signer's clock */
	const uint8_t *random; /* FORMAT_RANDOM bytes, where it needs them */
	size_t index; /* open: the line whose answer it is */
	unsigned step; /* from 0, below `steps` */
	/* Of step 1: the token's signature of step 0. */
	const uint8_t *first;
	size_t first_len;
};

/* How many lines a signature is about. */
enum format_shape {
	SHAPE_EACH, /* a signature for each line */
	SHAPE_SHARED, /* one for all lines, and an answer for each */
	SHAPE_LIST, /* one for all lines, and one answer */
};

/* An answer read back, for one step. */
struct opened {
	struct buf input; /* what was signed: as the row's input gives it */
	uint8_t signature[2048]; /* as a token gives it */
	size_t signature_len;
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

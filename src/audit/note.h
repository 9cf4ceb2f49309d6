/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checkpoints of the tree as signed notes: c2sp.org/tlog-checkpoint in
 * c2sp.org/signed-note, with Ed25519 (signature type 0x01).
 *
 *	signer1.example.org/countersign
 *	1042
 *	CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 *
 *	— signer1.example.org/countersign Az3grlgt...
 *
 * Extension lines and other signers' lines (witnesses) are read over, never
 * written.
 */
#ifndef CS_AUDIT_NOTE_H
#define CS_AUDIT_NOTE_H

#include <stddef.h>
#include <stdint.h>

#include "audit/merkle.h"
#include "base/text.h"

#define NOTE_NAME 65 /* an origin, or a key's name, with its NUL */
#define NOTE_PUBKEY 32
#define NOTE_SIGNATURE 64
#define NOTE_MAX 16384 /* a whole note, witnesses' lines included */
#define NOTE_SIGNERS 16

/* A verifier key: "NAME+HEX+BASE64", a vkey. */
#define NOTE_VKEY 128
struct note_key {
	char name[NOTE_NAME];
	uint32_t id;
	uint8_t pubkey[NOTE_PUBKEY];
};

/* Printable ASCII without blank and '+', 1 to 64 characters. */
bool note_name_is_good(const char *);
/* 0, or -1: the name is not good, or libcrypto failed. */
int note_key_init(
    struct note_key *, const char *name, const uint8_t pubkey[NOTE_PUBKEY]);
void note_key_text(const struct note_key *, char ret[static NOTE_VKEY]);
/* The id must be that of name and key: 0, or -1 with reterr. */
int note_key_parse(
    const char *text, struct note_key *ret, struct text_error *reterr);

/* What is signed: origin, size, root. */
struct checkpoint {
	char origin[NOTE_NAME];
	uint64_t size;
	merkle_hash root;
};

#define CHECKPOINT_TEXT 192
/* The three lines; returns the length, and terminates them. */
size_t checkpoint_text(
    const struct checkpoint *, char ret[static CHECKPOINT_TEXT]);

/* The last word of a signature's line: the key's id and the signature. */
#define NOTE_SIGNATURE_TEXT BASE64_SIZE(4 + NOTE_SIGNATURE)
void note_signature_text(const struct note_key *,
    const uint8_t signature[NOTE_SIGNATURE],
    char ret[static NOTE_SIGNATURE_TEXT]);

#define CHECKPOINT_NOTE 512
/* The whole note, signed by key (whose name is the origin). */
size_t checkpoint_note(const struct checkpoint *, const struct note_key *,
    const uint8_t signature[NOTE_SIGNATURE], char ret[static CHECKPOINT_NOTE]);

/* One signature line of a note that was read. */
struct note_signature {
	char name[NOTE_NAME]; /* empty: not one of our kind */
	uint32_t id;
	size_t len; /* without the id */
	uint8_t bytes[NOTE_SIGNATURE]; /* only when len is NOTE_SIGNATURE */
};

struct signed_checkpoint {
	struct checkpoint checkpoint;
	size_t text_len; /* of what is signed, from the note's first byte */
	size_t count;
	struct note_signature signature[NOTE_SIGNERS];
};

/* A whole note, and nothing behind it: 0, or -1 with reterr (and a line). */
int checkpoint_parse(const char *note, size_t len,
    struct signed_checkpoint *ret, struct text_error *reterr);

/* One signature over a text: 0, or -1 when it does not verify. */
int note_check(const struct note_key *, const void *text, size_t len,
    const uint8_t signature[NOTE_SIGNATURE]);

/*
 * Is the note signed by one of the keys, whose name is its origin?  Gives its
 * index; or -1 with reterr: by none of them, or a signature of theirs is
 * wrong.
 */
int checkpoint_signer(const char *note, const struct signed_checkpoint *,
    const struct note_key *keys, size_t count, struct text_error *reterr);

#endif

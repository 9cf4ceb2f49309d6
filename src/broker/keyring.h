/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signing keys as the tokens' workers told of them: one for each
 * generation, those to come included, so that a roll-over finds them ready.
 * A key lives here over a reload as long as its generation still means the
 * same object, and a new certificate is for its public key; otherwise it is
 * another key, with another number.
 */
#ifndef CS_BROKER_KEYRING_H
#define CS_BROKER_KEYRING_H

#include "broker/key_files.h"
#include "format/format.h"
#include "policy/tree.h"
#include "wire/token.h"

/* What the last canary found; reasons are OK as long as there was none. */
struct key_canary {
	uint64_t wall_us; /* 0: there was none */
	enum reason reason, told; /* told: what is on record */
	char text[MESSAGE_SIZE];
};

struct key {
	uint32_t number; /* towards workers; never used twice */
	unsigned refs; /* requests that use it */
	const struct generation *conf; /* NULL: no longer in the tree */
	char name[NAME_SIZE]; /* of its [key] */
	char generation[NAME_SIZE]; /* "": that section's own object */
	char token[NAME_SIZE];
	char object[TOKEN_URI];
	bool allow_extractable;
	bool allow_short;
	bool audit; /* it signs checkpoints, and nothing else */
	bool wrapped; /* use = wrapped */
	uint32_t apart; /* apart_set, policy/apart.h */
	struct key_files files;

	bool known; /* the fields below are set, and never change again */
	struct format_key facts;
	uint8_t attributes; /* a set of 1u << enum key_attribute */
	uint8_t *spki;
	size_t spki_len;
	uint8_t *ssh; /* the same as SSH writes it, or NULL */
	char fingerprint[FINGERPRINT_SIZE]; /* of the SPKI */

	unsigned fit; /* workers that can sign with it */
	unsigned unfit; /* workers that cannot, the last for this reason: */
	enum reason reason;
	char text[MESSAGE_SIZE];
	uint32_t us; /* of one signature, on average */
	struct key_canary canary;
};

struct keyring;

struct keyring *keyring_new(void);
void keyring_free(struct keyring *);

/*
 * Takes in the keys of a tree; those of the tree before that are gone or
 * changed get conf NULL.  0, or -1 (no memory; nothing changed).
 */
int keyring_adopt(struct keyring *, const struct tree *);

/*
 * Would each key that is known keep its object's certificate and OpenPGP key?
 * 0, or -1 with what is wrong.  Tenants' keys are not looked at: one team's
 * mistake is its own, and makes its key unfit (keyring_learn).
 */
int keyring_accepts(
    const struct keyring *, const struct tree *, struct text_error *reterr);

/* The key of a generation of the adopted tree; never NULL. */
struct key *keyring_of(const struct keyring *, const struct generation *);
/* By number, or NULL. */
struct key *keyring_at(const struct keyring *, uint32_t number);
/* Numbers are below this. */
uint32_t keyring_end(const struct keyring *);

/* What one signature takes, as far as is known. */
uint32_t key_cost_us(const struct key *);

void key_ref(struct key *);
/* Keys that no tree and no request has are forgotten. */
void keyring_unref(struct keyring *, struct key *);

/*
 * What a worker found: true when that is now known of the key; false (with
 * key->reason and text) when it cannot be used on that worker, which includes
 * another public key than the one known already.  Does not count.
 */
bool keyring_learn(struct keyring *, struct key *, const struct key_facts *);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What records say of signing keys: where each is kept, what its token says
 * of it, and what it was used for.  An auditor's questionnaire is answered
 * from this.
 */
#ifndef CS_REVIEW_INVENTORY_H
#define CS_REVIEW_INVENTORY_H

#include "review/report.h"
#include "review/sheet.h"

#define INVENTORY_KEYS 1024
#define INVENTORY_TOKENS 256

/* Values of the newest record that has them; NULL: not recorded. */
struct held_token {
	char *module, *label, *serial, *model, *firmware;
};

struct held_key {
	const char *name; /* of a generation "release (next)" */
	char *use, *token, *object, *type, *bits, *keyfp, *attributes, *state;
	uint64_t since_us; /* this public key with these attributes */
	uint64_t last_us; /* the newest record of it */
	unsigned keys; /* how many public keys it has had */
	uint64_t failed;
	const struct row *use_row; /* signatures; NULL: none */
};

struct inventory {
	struct tally key_names, token_names;
	struct held_key *keys;
	struct held_token *tokens;
	struct tally prints; /* key and keyfp; its name as the detail */
	struct tally users; /* key, "profile" or "principal", name */
	struct tally signatures; /* by key */
	struct notes changes; /* of keys and tokens */
	struct tally checkpoints; /* by audit key */
};

/* NULL: no memory. */
struct inventory *inventory_new(void);
void inventory_free(struct inventory *);
/* For report.h's `also'. */
void inventory_add(void *inventory, const struct fields *);
/* 0, or -1: no memory; release the sheets either way. */
int inventory_sheets(
    const struct inventory *, const struct report *, struct sheets *ret);

#endif

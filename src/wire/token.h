/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workers of the token domain, each logged in to one token.
 *
 *	worker   -> broker   TOKEN_STATE once, KEY_FACTS per KEY_ADD, RESULTS
 *	broker   -> worker   KEY_ADD, KEY_DROP (number_put), JOBS
 */
#ifndef CS_WIRE_TOKEN_H
#define CS_WIRE_TOKEN_H

#include "base/reason.h"
#include "base/words.h"
#include "wire/keeper.h"
#include "wire/type.h"

#define TOKEN_URI 512
#define TOKEN_SPKI 2048

/* After the one login attempt.  The worker ends by itself if not OK. */
struct token_state {
	enum reason reason; /* OK, TOKEN_UNAVAILABLE, TOKEN_PIN, TOKEN_FAILED */
	uint8_t stamp[WIRE_STAMP]; /* of the PIN file used; may be empty */
	size_t stamp_len;
	char label[TOKEN_LABEL];
	char serial[TOKEN_SERIAL];
	char model[TOKEN_SERIAL];
	char firmware[16];
	char text[MESSAGE_SIZE]; /* what went wrong, with the CK_RV's name */
};

struct key_add {
	uint32_t key; /* the broker's number, never used twice on a channel */
	char object[TOKEN_URI]; /* RFC 7512: object=, id= */
	bool allow_extractable;
	bool allow_short; /* RSA below 3072 bits */
};

struct key_facts {
	uint32_t key;
	enum reason reason; /* OK, KEY_MISSING, KEY_UNFIT, TOKEN_FAILED */
	enum key_type type;
	uint16_t bits;
	uint64_t mechs; /* a set of mech_bit() */
	uint8_t attributes; /* a set of 1u << enum key_attribute */
	uint8_t spki[TOKEN_SPKI]; /* SubjectPublicKeyInfo, DER */
	size_t spki_len;
	char text[MESSAGE_SIZE];
};

struct batch_head {
	uint16_t count; /* 1 to WIRE_BATCH */
};

struct job {
	uint64_t job; /* never used twice */
	uint32_t key;
	enum mech mech;
	enum hash hash; /* of the digest; HASH_NONE for MECH_EDDSA */
	const uint8_t *input; /* a view */
	size_t len;
};

struct job_result {
	uint64_t job;
	enum reason reason;
	uint32_t us; /* time in the token, verification included */
	const uint8_t *signature; /* a view */
	size_t len;
	char text[128];
};

void token_state_put(struct writer *, const struct token_state *);
bool token_state_get(struct reader *, struct token_state *ret);
void key_add_put(struct writer *, const struct key_add *);
bool key_add_get(struct reader *, struct key_add *ret);
void key_facts_put(struct writer *, const struct key_facts *);
bool key_facts_get(struct reader *, struct key_facts *ret);

void jobs_head_put(struct writer *, const struct batch_head *);
void results_head_put(struct writer *, const struct batch_head *);
bool batch_head_get(struct reader *, struct batch_head *ret);
void job_put(struct writer *, const struct job *);
bool job_get(struct reader *, struct job *ret);
void job_result_put(struct writer *, const struct job_result *);
bool job_result_get(struct reader *, struct job_result *ret);

#endif

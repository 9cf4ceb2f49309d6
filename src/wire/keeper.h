/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keeper, the token domain's parent process, which starts and ends the
 * workers of wire/token.h.
 *
 *	starter  -> keeper   TOKEN_SETUP for each token, before anything else
 *	broker   -> keeper   WORKER_START, WORKER_KILL
 *	keeper   -> broker   WORKER_STARTED (with the worker's channel as a
 *	                     descriptor), WORKER_GONE
 */
#ifndef CS_WIRE_KEEPER_H
#define CS_WIRE_KEEPER_H

#include "base/words.h"
#include "wire/type.h"

#define TOKEN_PATH 1024
#define TOKEN_ENVIRONMENT 16 /* variables */
#define TOKEN_VARIABLE 1024
#define TOKEN_LABEL 33
#define TOKEN_SERIAL 17

/* One [token NAME] section; paths are absolute by now. */
struct token_setup {
	char name[NAME_SIZE];
	char module[TOKEN_PATH];
	char label[TOKEN_LABEL];
	char serial[TOKEN_SERIAL]; /* may be empty */
	char pin_file[TOKEN_PATH]; /* empty: the PIN comes as a descriptor */
	bool network; /* the module may open internet sockets */
	uint8_t variables;
	char environment[TOKEN_ENVIRONMENT][TOKEN_VARIABLE]; /* NAME=VALUE */
};

struct worker_start {
	uint32_t worker;
	char token[NAME_SIZE];
	/* A PIN file in this state was refused before: do not try it again. */
	uint8_t refused[WIRE_STAMP];
	size_t refused_len; /* 0: none */
};

struct worker_started {
	uint32_t worker;
	uint32_t pid;
};

struct worker_gone {
	uint32_t worker;
	uint32_t status; /* as from waitpid */
};

void token_setup_put(struct writer *, const struct token_setup *);
bool token_setup_get(struct reader *, struct token_setup *ret);
void worker_start_put(struct writer *, const struct worker_start *);
bool worker_start_get(struct reader *, struct worker_start *ret);
void worker_started_put(struct writer *, const struct worker_started *);
bool worker_started_get(struct reader *, struct worker_started *ret);
void worker_gone_put(struct writer *, const struct worker_gone *);
bool worker_gone_get(struct reader *, struct worker_gone *ret);
/* WIRE_WORKER_KILL and WIRE_KEY_DROP carry the number only. */
void number_put(struct writer *, enum wire_type, uint32_t number);
bool number_get(struct reader *, uint32_t *ret);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl token init | keygen | list: what an admin does to a token
 * before the service uses it.  Speaks to the module directly; the service
 * need not run.
 */
#ifndef CS_CTL_TOKEN_H
#define CS_CTL_TOKEN_H

#include "p11/module.h"

struct token_options {
	const char *module;
	const char *label;
	const char *serial;
	const char *pin_file;
	const char *so_pin_file;
	const char *name;
	const char *type;
	const char *id;
};

/* A token with an open session that is logged in. */
struct token_login {
	struct p11_token token;
	struct p11_session session;
};

/* Each returns the exit status and has said what went wrong. */
int token_init(const struct token_options *);
int token_keygen(const struct token_options *);
int token_list(const struct token_options *);

/* Says "countersignctl: TEXT" and returns EX_UNAVAILABLE. */
int token_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Finds the token by label and serial, opens a read-write session and logs
 * the user in with the PIN in pin_file: 0, or the exit status.
 */
int token_login_open(const struct token_options *, struct token_login *ret);
void token_login_close(struct token_login *);

/*
 * The PIN in a file, in secret memory; a file that is not there is made, for
 * its owner only, with a random PIN, if make says so.  NULL: said why.
 */
char *token_pin_load(const char *path, bool make);
void token_pin_free(char *);

#endif

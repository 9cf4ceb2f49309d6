/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl token: what an admin does to a token before the service uses
 * it, up to a key ceremony with a transcript.  Speaks to the module directly;
 * the service need not run.
 */
#ifndef CS_CTL_TOKEN_H
#define CS_CTL_TOKEN_H

#include "ctl/transcript.h"
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
	const char *subject, *eku; /* csr */
	const char *certificate; /* import-cert */
	const char *user_id, *created, *expires; /* openpgp */
	const char *out; /* csr, openpgp, backup-check */
	const char *against; /* backup-check */
	const char *transcript;
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
int token_csr(const struct token_options *);
int token_openpgp(const struct token_options *);
int token_import_cert(const struct token_options *);
int token_backup_check(const struct token_options *);

/*
 * Finds the token by label and serial, opens a read-write session and logs
 * the user in with the PIN in pin_file: 0, or the exit status.
 */
int token_login_open(const struct token_options *, struct token_login *ret);
void token_login_close(struct token_login *);

/*
 * A text to a file that was not there, or (path NULL) to stdout: 0, or the
 * exit status.
 */
int token_write(const char *path, const char *text, size_t len);

/*
 * The PIN in a file, in secret memory; a file that is not there is made, for
 * its owner only, with a random PIN, if make says so.  NULL: said why.
 */
char *token_pin_load(const char *path, bool make);
void token_pin_free(char *);

#endif

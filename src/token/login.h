/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a module and a PIN to a session that is logged in, in one attempt.
 */
#ifndef CS_TOKEN_LOGIN_H
#define CS_TOKEN_LOGIN_H

#include "p11/module.h"
#include "wire/token.h"

struct login {
	struct p11_token token;
	struct p11_session session; /* read-only, and ours alone */
};

/*
 * Loads the module, finds the one token with the label and serial, and logs
 * in.  A token whose PIN is locked, or has one try left, is left alone.
 * REASON_OK, or why not: TOKEN_UNAVAILABLE (no such module or token),
 * TOKEN_PIN (the PIN was refused or would be), TOKEN_FAILED.
 */
enum reason login_open(const struct token_setup *, const char *pin,
    struct login *ret, struct text_error *reterr);

#endif

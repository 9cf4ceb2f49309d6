/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 7512 URIs, as far as they name a private key: object= and id=, and the
 * token attributes that tools print along with them.
 *
 * A part that is not understood is an error, never ignored: what it was
 * meant to exclude could be signed with.
 */
#ifndef CS_P11_URI_H
#define CS_P11_URI_H

#include <stdbool.h>

#include "p11/module.h"

#define P11_OBJECT_NAME 256
#define P11_OBJECT_ID 64

struct p11_uri {
	char object[P11_OBJECT_NAME]; /* empty: any */
	uint8_t id[P11_OBJECT_ID];
	size_t id_len; /* 0: any */
	char token[P11_LABEL]; /* these four: empty means any */
	char serial[P11_SERIAL];
	char maker[P11_LABEL];
	char model[P11_SERIAL];
};

/* 0, or -1 with reterr.  One of object= and id= must be there. */
int p11_uri_parse(
    const char *text, struct p11_uri *ret, struct text_error *reterr);

/* Does the URI, as far as it speaks of the token, mean this one? */
bool p11_uri_fits(const struct p11_uri *, const struct p11_token *);

#endif

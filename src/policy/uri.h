/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this a pkcs11: URI (RFC 7512) that can name a private key object?  What
 * tools print along with it (token=, serial=, manufacturer=, model=) may stay;
 * the token must then be so.
 */
#ifndef CS_POLICY_URI_H
#define CS_POLICY_URI_H

#include "base/text.h"

#define URI_MAX 511
#define URI_OBJECT_SIZE 256

/* object= or id= must be there: 0, or -1 with reterr->what. */
int uri_check(const char *, struct text_error *reterr);

/* The label of object=, decoded, from a URI that was checked: is there one? */
bool uri_object(const char *uri, char ret[URI_OBJECT_SIZE]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A module made of a table: its objects have the attributes that the test
 * says, lies included.
 */
#ifndef CS_TESTS_P11_SUPPORT_FAKE_H
#define CS_TESTS_P11_SUPPORT_FAKE_H

#include "p11/module.h"

struct fake_attribute {
	CK_OBJECT_HANDLE object;
	CK_ATTRIBUTE_TYPE type;
	const void *value;
	CK_ULONG len; /* what the token says, true or not */
};

struct fake {
	struct fake_attribute attributes[16];
	size_t count;
	CK_OBJECT_HANDLE found[8]; /* what every search finds */
	CK_ULONG nfound;
	CK_ULONG at;
	CK_ULONG
	portion; /* handles per C_FindObjects; more than asked: a lie */
	CK_RV rv; /* of every call, unless OK */
	struct p11_token tokens[4];
	CK_ULONG ntokens;
};

extern struct fake fake;

/* Forgets everything; a session with the fake. */
struct p11_session fake_session(void);
void fake_set(CK_OBJECT_HANDLE, CK_ATTRIBUTE_TYPE, const void *, CK_ULONG);

#endif

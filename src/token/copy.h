/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session object with the same key: it signs without what some tokens do
 * for each use of a token object (SoftHSM opens and locks two files), and is
 * as sensitive and as little extractable.
 *
 * The price is that a copy does not notice when its key is deleted, so it
 * must be made again from time to time (key_recheck).  A token that forbids
 * copies (CKA_COPYABLE) simply signs with the key itself.
 */
#ifndef CS_TOKEN_COPY_H
#define CS_TOKEN_COPY_H

#include "p11/object.h"

/* The copy, or object itself when there can be none that is as safe. */
CK_OBJECT_HANDLE copy_make(const struct p11_session *, CK_OBJECT_HANDLE object);

/* Destroys the copy; handle may be the object itself, or 0. */
void copy_drop(const struct p11_session *, CK_OBJECT_HANDLE object,
    CK_OBJECT_HANDLE handle);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects of a token: finding them and reading their attributes, always into
 * space whose size the caller chose.
 */
#ifndef CS_P11_OBJECT_H
#define CS_P11_OBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "p11/module.h"

/*
 * The objects that match a template, at most max of them: a caller that
 * wants exactly one asks for two.
 */
CK_RV object_find(const struct p11_session *, CK_ATTRIBUTE *template,
    CK_ULONG attributes, CK_OBJECT_HANDLE *ret, CK_ULONG max,
    CK_ULONG *ret_count);

/* At most size bytes; CKR_BUFFER_TOO_SMALL when the value is longer. */
CK_RV object_bytes(const struct p11_session *, CK_OBJECT_HANDLE,
    CK_ATTRIBUTE_TYPE, void *ret, size_t size, size_t *ret_len);
CK_RV object_bool(
    const struct p11_session *, CK_OBJECT_HANDLE, CK_ATTRIBUTE_TYPE, bool *ret);
CK_RV object_number(const struct p11_session *, CK_OBJECT_HANDLE,
    CK_ATTRIBUTE_TYPE, CK_ULONG *ret);

#endif

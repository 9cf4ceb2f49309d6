/* SPDX-License-Identifier: Apache-2.0 */
#include "token/copy.h"

static bool
is(const struct p11_session *s, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    bool wanted)
{
	bool value;

	return object_bool(s, object, type, &value) == CKR_OK &&
	    value == wanted;
}

CK_OBJECT_HANDLE
copy_make(const struct p11_session *s, CK_OBJECT_HANDLE object)
{
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_ATTRIBUTE template[] = {
		{ CKA_TOKEN, &no, sizeof(no) },
		{ CKA_PRIVATE, &yes, sizeof(yes) },
	};
	CK_OBJECT_HANDLE copy;

	/* A token that is asked and says nothing allows copies: 2.40. */
	if (is(s, object, CKA_COPYABLE, false) ||
	    !is(s, object, CKA_SENSITIVE, true))
		return object;
	if (s->fn->C_CopyObject(s->handle, object, template, 2, &copy) !=
	    CKR_OK)
		return object;
	if (is(s, copy, CKA_TOKEN, false) && is(s, copy, CKA_SENSITIVE, true) &&
	    is(s, copy, CKA_EXTRACTABLE, false) && is(s, copy, CKA_SIGN, true))
		return copy;
	copy_drop(s, object, copy);
	return object;
}

void
copy_drop(const struct p11_session *s, CK_OBJECT_HANDLE object,
    CK_OBJECT_HANDLE handle)
{
	if (handle != object && handle != CK_INVALID_HANDLE &&
	    is(s, handle, CKA_TOKEN, false))
		s->fn->C_DestroyObject(s->handle, handle);
}

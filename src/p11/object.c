/* SPDX-License-Identifier: Apache-2.0 */
#include "p11/object.h"

static CK_RV
find_all(const struct p11_session *s, CK_OBJECT_HANDLE *ret, CK_ULONG max,
    CK_ULONG *ret_count)
{
	CK_ULONG got, total = 0;
	CK_RV rv;

	while (total < max) {
		got = 0;
		rv = s->fn->C_FindObjects(
		    s->handle, ret + total, max - total, &got);
		if (rv != CKR_OK)
			return rv;
		if (got == 0)
			break;
		if (got > max - total)
			return CKR_GENERAL_ERROR;
		total += got;
	}
	*ret_count = total;
	return CKR_OK;
}

CK_RV
object_find(const struct p11_session *s, CK_ATTRIBUTE *template,
    CK_ULONG attributes, CK_OBJECT_HANDLE *ret, CK_ULONG max,
    CK_ULONG *ret_count)
{
	CK_RV rv, rv_final;

	rv = s->fn->C_FindObjectsInit(s->handle, template, attributes);
	if (rv != CKR_OK)
		return rv;
	rv = find_all(s, ret, max, ret_count);
	rv_final = s->fn->C_FindObjectsFinal(s->handle);
	return rv != CKR_OK ? rv : rv_final;
}

CK_RV
object_bytes(const struct p11_session *s, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, void *ret, size_t size, size_t *ret_len)
{
	CK_ATTRIBUTE attribute = { type, ret, size };
	CK_RV rv;

	rv = s->fn->C_GetAttributeValue(s->handle, object, &attribute, 1);
	if (rv != CKR_OK)
		return rv;
	if (attribute.ulValueLen == CK_UNAVAILABLE_INFORMATION)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	if (attribute.ulValueLen > size)
		return CKR_BUFFER_TOO_SMALL;
	*ret_len = attribute.ulValueLen;
	return CKR_OK;
}

CK_RV
object_bool(const struct p11_session *s, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, bool *ret)
{
	CK_BBOOL value = CK_FALSE;
	size_t len;
	CK_RV rv;

	rv = object_bytes(s, object, type, &value, sizeof(value), &len);
	if (rv != CKR_OK)
		return rv;
	if (len != sizeof(value))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	*ret = value != CK_FALSE;
	return CKR_OK;
}

CK_RV
object_number(const struct p11_session *s, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, CK_ULONG *ret)
{
	CK_ULONG value = 0;
	size_t len;
	CK_RV rv;

	rv = object_bytes(s, object, type, &value, sizeof(value), &len);
	if (rv != CKR_OK)
		return rv;
	if (len != sizeof(value))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	*ret = value;
	return CKR_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "support_fake.h"

#include <string.h>

struct fake fake;

static CK_RV
get_attributes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *list, CK_ULONG n)
{
	(void)session;
	if (fake.rv != CKR_OK || n != 1)
		return fake.rv;
	for (size_t i = 0; i < fake.count; i++) {
		const struct fake_attribute *a = &fake.attributes[i];

		if (a->object != object || a->type != list->type)
			continue;
		if (a->len <= list->ulValueLen && list->pValue != NULL)
			memcpy(list->pValue, a->value, a->len);
		list->ulValueLen = a->len;
		return CKR_OK;
	}
	return CKR_ATTRIBUTE_TYPE_INVALID;
}

static CK_RV
find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *list, CK_ULONG n)
{
	(void)session;
	(void)list;
	(void)n;
	fake.at = 0;
	return fake.rv;
}

static CK_RV
find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *ret, CK_ULONG max,
    CK_ULONG *ret_count)
{
	CK_ULONG n = 0;

	(void)session;
	while (n < max && n < fake.portion && fake.at < fake.nfound)
		ret[n++] = fake.found[fake.at++];
	*ret_count = fake.portion > max ? fake.portion : n;
	return CKR_OK;
}

static CK_RV
find_final(CK_SESSION_HANDLE session)
{
	(void)session;
	return CKR_OK;
}

static CK_RV
slot_list(CK_BBOOL present, CK_SLOT_ID *ret, CK_ULONG *count)
{
	(void)present;
	for (CK_ULONG i = 0; i < fake.ntokens; i++)
		ret[i] = i;
	*count = fake.ntokens;
	return fake.rv;
}

static void
pad(unsigned char *field, size_t size, const char *text)
{
	memset(field, ' ', size);
	memcpy(field, text, strlen(text));
}

static CK_RV
token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *ret)
{
	const struct p11_token *t = &fake.tokens[slot];

	memset(ret, 0, sizeof(*ret));
	pad(ret->label, sizeof(ret->label), t->label);
	pad(ret->serialNumber, sizeof(ret->serialNumber), t->serial);
	pad(ret->manufacturerID, sizeof(ret->manufacturerID), t->maker);
	pad(ret->model, sizeof(ret->model), t->model);
	ret->flags = t->flags;
	ret->firmwareVersion.major = 2;
	ret->firmwareVersion.minor = 6;
	return CKR_OK;
}

static CK_FUNCTION_LIST functions = {
	.C_GetAttributeValue = get_attributes,
	.C_FindObjectsInit = find_init,
	.C_FindObjects = find,
	.C_FindObjectsFinal = find_final,
	.C_GetSlotList = slot_list,
	.C_GetTokenInfo = token_info,
};

struct p11_session
fake_session(void)
{
	memset(&fake, 0, sizeof(fake));
	return (struct p11_session){ &functions, 1 };
}

void
fake_set(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, const void *value,
    CK_ULONG len)
{
	fake.attributes[fake.count++] =
	    (struct fake_attribute){ object, type, value, len };
}

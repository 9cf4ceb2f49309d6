/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "p11/pubkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* The attributes of one object, in the order in which they are asked for. */
static struct reader input;

static CK_RV
get_attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *a, CK_ULONG n)
{
	static const CK_KEY_TYPE types[] = { CKK_RSA, CKK_EC, CKK_EC_EDWARDS,
		CKK_DSA };
	const uint8_t *value;
	size_t len;

	(void)session;
	(void)object;
	(void)n;
	if (a->type == CKA_KEY_TYPE) {
		memcpy(a->pValue, &types[get_u8(&input) % 4], sizeof(types[0]));
		return CKR_OK;
	}
	value = get_view(&input, 4096, &len);
	if (input.bad)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	if (len <= a->ulValueLen)
		memcpy(a->pValue, value, len);
	a->ulValueLen = len;
	return CKR_OK;
}

/* Every key that is accepted has a signature and a DER form of sane size. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static CK_FUNCTION_LIST functions = {
		.C_GetAttributeValue = get_attribute,
	};
	struct p11_session s = { &functions, 1 };
	struct text_error err;
	struct pubkey key;
	uint8_t spki[4096];
	size_t len;

	reader_init(&input, data, size);
	if (pubkey_load(&s, 1, &key, &err) == -1)
		return 0;
	if (pubkey_signature_len(&key) > PUBKEY_RSA_MAX / 8 ||
	    pubkey_spki(&key, spki, sizeof(spki), &len) == -1)
		abort();
	pubkey_release(&key);
	return 0;
}

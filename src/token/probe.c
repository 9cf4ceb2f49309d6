/* SPDX-License-Identifier: Apache-2.0 */
#include "token/probe.h"

#include "token/operation.h"

/* One session for each try: C_SignInit cannot be taken back before 3.0. */
static CK_RV
probe_one(CK_FUNCTION_LIST *fn, CK_SLOT_ID slot, CK_OBJECT_HANDLE key,
    struct operation *o, bool *ret)
{
	CK_SESSION_HANDLE session;
	CK_RV rv;

	rv = fn->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session);
	if (rv != CKR_OK)
		return rv;
	*ret = fn->C_SignInit(session, &o->mechanism, key) == CKR_OK;
	return fn->C_CloseSession(session);
}

CK_RV
probe_mechs(const struct p11_session *s, CK_SLOT_ID slot, CK_OBJECT_HANDLE key,
    enum key_type type, uint64_t *ret)
{
	static const uint8_t zeroes[DIGEST_MAX];
	struct operation o;
	uint64_t mechs = 0;

	for (enum mech m = MECH_NONE + 1; m < MECH_COUNT; m++) {
		for (enum hash h = HASH_NONE; h < HASH_COUNT; h++) {
			size_t len = h == HASH_NONE ? 1 : hash_size(h);
			bool able = false;
			CK_RV rv;

			if (!operation_init(&o, type, m, h, zeroes, len))
				continue;
			rv = probe_one(s->fn, slot, key, &o, &able);
			if (rv != CKR_OK)
				return rv;
			if (able)
				mechs |= mech_bit(m, h);
		}
	}
	*ret = mechs;
	return CKR_OK;
}

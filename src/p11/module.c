/* SPDX-License-Identifier: Apache-2.0 */
#include "p11/module.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "p11/rv.h"

static int
initialise(CK_FUNCTION_LIST *fn, const char *path, struct text_error *reterr)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	CK_RV rv;

	rv = fn->C_Initialize(&args);
	if (rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED)
		return 0;
	return text_fail(reterr, 0, "%s: C_Initialize: %s", path, rv_name(rv));
}

int
module_load(const char *path, CK_FUNCTION_LIST **ret, struct text_error *reterr)
{
	CK_C_GetFunctionList get;
	CK_FUNCTION_LIST *fn = NULL;
	void *handle;
	CK_RV rv;

	if ((handle = dlopen(path, RTLD_NOW | RTLD_LOCAL)) == NULL)
		return text_fail(reterr, 0, "%s", dlerror());
	get = (CK_C_GetFunctionList)dlsym(handle, "C_GetFunctionList");
	if (get == NULL) {
		dlclose(handle);
		return text_fail(reterr, 0, "%s: not a PKCS#11 module", path);
	}
	if ((rv = get(&fn)) != CKR_OK || fn == NULL)
		return text_fail(
		    reterr, 0, "%s: C_GetFunctionList: %s", path, rv_name(rv));
	if (fn->version.major != 2)
		return text_fail(reterr, 0, "%s: PKCS#11 %u.%u, not 2.x", path,
		    (unsigned)fn->version.major, (unsigned)fn->version.minor);
	if (initialise(fn, path, reterr) == -1)
		return -1;
	*ret = fn;
	return 0;
}

void
module_trim(const unsigned char *field, size_t len, char *ret)
{
	while (len > 0 && (field[len - 1] == ' ' || field[len - 1] == '\0'))
		len--;
	memcpy(ret, field, len);
	ret[len] = '\0';
}

CK_RV
module_token(CK_FUNCTION_LIST *fn, CK_SLOT_ID slot, struct p11_token *ret)
{
	CK_TOKEN_INFO info;
	CK_RV rv;

	if ((rv = fn->C_GetTokenInfo(slot, &info)) != CKR_OK)
		return rv;
	ret->slot = slot;
	ret->flags = info.flags;
	module_trim(info.label, sizeof(info.label), ret->label);
	module_trim(info.serialNumber, sizeof(info.serialNumber), ret->serial);
	module_trim(
	    info.manufacturerID, sizeof(info.manufacturerID), ret->maker);
	module_trim(info.model, sizeof(info.model), ret->model);
	snprintf(ret->firmware, sizeof(ret->firmware), "%u.%u",
	    (unsigned)info.firmwareVersion.major,
	    (unsigned)info.firmwareVersion.minor);
	return CKR_OK;
}

CK_RV
module_slots(
    CK_FUNCTION_LIST *fn, CK_SLOT_ID ret[static P11_SLOTS], CK_ULONG *ret_count)
{
	CK_ULONG count = P11_SLOTS;
	CK_RV rv;

	if ((rv = fn->C_GetSlotList(CK_TRUE, ret, &count)) != CKR_OK)
		return rv;
	if (count > P11_SLOTS)
		return CKR_BUFFER_TOO_SMALL;
	*ret_count = count;
	return CKR_OK;
}

static bool
fits(const struct p11_token *t, const char *label, const char *serial)
{
	if ((t->flags & CKF_TOKEN_INITIALIZED) == 0)
		return false;
	if (strcmp(t->label, label) != 0)
		return false;
	return serial == NULL || *serial == '\0' ||
	    strcmp(t->serial, serial) == 0;
}

int
module_find(CK_FUNCTION_LIST *fn, const char *label, const char *serial,
    struct p11_token *ret, struct text_error *reterr)
{
	CK_SLOT_ID slots[P11_SLOTS];
	struct p11_token token, found = { 0 };
	CK_ULONG count, hits = 0;
	CK_RV rv;

	if ((rv = module_slots(fn, slots, &count)) != CKR_OK)
		return text_fail(reterr, 0, "C_GetSlotList: %s", rv_name(rv));
	for (CK_ULONG i = 0; i < count; i++) {
		if (module_token(fn, slots[i], &token) != CKR_OK ||
		    !fits(&token, label, serial))
			continue;
		found = token;
		hits++;
	}
	if (hits == 0)
		return text_fail(reterr, 0, "no token \"%s\"%s%s", label,
		    serial != NULL && *serial != '\0' ? " with serial " : "",
		    serial != NULL ? serial : "");
	if (hits > 1)
		return text_fail(reterr, 0,
		    "%lu tokens are called \"%s\": give the serial", hits,
		    label);
	*ret = found;
	return 0;
}

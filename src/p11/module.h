/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PKCS#11 module: loaded, initialised, and its tokens by slot.
 *
 * Everything that can fail here fails with the CK_RV itself, so that the
 * caller can tell a wrong PIN from a broken module.
 */
#ifndef CS_P11_MODULE_H
#define CS_P11_MODULE_H

#include <p11-kit/pkcs11.h>
#include <stddef.h>

#include "base/text.h"

/* The fixed-width texts of CK_TOKEN_INFO, with their NUL. */
#define P11_LABEL 33
#define P11_SERIAL 17
#define P11_SLOTS 256

/* What a call into the module needs: its functions and an open session. */
struct p11_session {
	CK_FUNCTION_LIST *fn;
	CK_SESSION_HANDLE handle;
};

struct p11_token {
	CK_SLOT_ID slot;
	CK_FLAGS flags;
	char label[P11_LABEL];
	char serial[P11_SERIAL];
	char maker[P11_LABEL];
	char model[P11_SERIAL];
	char firmware[16];
};

/*
 * Loads the module and calls C_Initialize; one that is initialised already
 * in this process is fine.  It stays loaded until exit: vendors' modules
 * rarely survive being unloaded.  0, or -1 with reterr.
 */
int module_load(
    const char *path, CK_FUNCTION_LIST **ret, struct text_error *reterr);

/* The token in a slot, blanks trimmed. */
CK_RV module_token(CK_FUNCTION_LIST *, CK_SLOT_ID, struct p11_token *ret);

/* Slots with a token in them, at most P11_SLOTS. */
CK_RV module_slots(
    CK_FUNCTION_LIST *, CK_SLOT_ID ret[static P11_SLOTS], CK_ULONG *ret_count);

/*
 * The one initialised token with this label and, unless NULL or empty, this
 * serial.  Two that fit are an error.  0, or -1 with reterr.
 */
int module_find(CK_FUNCTION_LIST *, const char *label, const char *serial,
    struct p11_token *ret, struct text_error *reterr);

/* Copies a blank-padded field of len bytes; ret takes len + 1. */
void module_trim(const unsigned char *field, size_t len, char *ret);

#endif

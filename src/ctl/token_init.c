/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/token.h"
#include "p11/pin.h"
#include "p11/rv.h"

/* The first slot whose token is blank, and no token of that label. */
static int
find_blank(CK_FUNCTION_LIST *fn, const char *label, CK_SLOT_ID *ret)
{
	CK_SLOT_ID slots[P11_SLOTS];
	struct p11_token token;
	CK_ULONG count;
	bool found = false;
	CK_RV rv;

	if ((rv = module_slots(fn, slots, &count)) != CKR_OK)
		return token_fail("C_GetSlotList: %s", rv_name(rv));
	for (CK_ULONG i = 0; i < count; i++) {
		if (module_token(fn, slots[i], &token) != CKR_OK)
			continue;
		if ((token.flags & CKF_TOKEN_INITIALIZED) == 0 && !found) {
			*ret = slots[i];
			found = true;
		} else if (strcmp(token.label, label) == 0 &&
		    (token.flags & CKF_TOKEN_INITIALIZED) != 0) {
			return token_fail("token \"%s\" exists already, "
					  "serial %s",
			    label, token.serial);
		}
	}
	return found ? 0 : token_fail("no slot with a blank token");
}

static CK_RV
init_token(CK_FUNCTION_LIST *fn, CK_SLOT_ID slot, const char *label,
    const char *so_pin)
{
	CK_UTF8CHAR padded[P11_LABEL - 1], pin[PIN_SIZE];
	CK_RV rv;

	memset(padded, ' ', sizeof(padded));
	memcpy(padded, label, strlen(label));
	memcpy(pin, so_pin, strlen(so_pin));
	rv = fn->C_InitToken(slot, pin, strlen(so_pin), padded);
	explicit_bzero(pin, sizeof(pin));
	return rv;
}

static CK_RV
init_pin(const struct p11_session *s, const char *so_pin, const char *pin)
{
	CK_UTF8CHAR text[PIN_SIZE];
	CK_RV rv;

	memcpy(text, so_pin, strlen(so_pin));
	rv = s->fn->C_Login(s->handle, CKU_SO, text, strlen(so_pin));
	if (rv != CKR_OK)
		goto out;
	memcpy(text, pin, strlen(pin));
	rv = s->fn->C_InitPIN(s->handle, text, strlen(pin));
	s->fn->C_Logout(s->handle);
out:
	explicit_bzero(text, sizeof(text));
	return rv;
}

/* SoftHSM moves a token to another slot when it is initialised. */
static int
set_pin(CK_FUNCTION_LIST *fn, const char *label, const char *so_pin,
    const char *pin)
{
	struct p11_session s = { .fn = fn };
	struct text_error err = { 0 };
	struct p11_token token;
	CK_RV rv;

	if (module_find(fn, label, NULL, &token, &err) == -1)
		return token_fail("%s", err.what);
	rv = fn->C_OpenSession(token.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
	    NULL, NULL, &s.handle);
	if (rv != CKR_OK)
		return token_fail("C_OpenSession: %s", rv_name(rv));
	rv = init_pin(&s, so_pin, pin);
	fn->C_CloseSession(s.handle);
	if (rv != CKR_OK)
		return token_fail("the user's PIN: %s", rv_name(rv));
	token_say(
	    "token \"%s\" is ready, serial %s\n", token.label, token.serial);
	return 0;
}

int
token_init(const struct token_options *o)
{
	struct text_error err = { 0 };
	CK_FUNCTION_LIST *fn;
	char *pin = NULL, *so_pin = NULL;
	CK_SLOT_ID slot = 0;
	int rv = EX_UNAVAILABLE;
	CK_RV ck;

	if (module_load(o->module, &fn, &err) == -1)
		return token_fail("%s", err.what);
	if ((rv = find_blank(fn, o->label, &slot)) != 0)
		return rv;
	rv = EX_UNAVAILABLE;
	if ((so_pin = token_pin_load(o->so_pin_file, true)) == NULL ||
	    (pin = token_pin_load(o->pin_file, true)) == NULL)
		goto out;
	if ((ck = init_token(fn, slot, o->label, so_pin)) != CKR_OK) {
		rv = token_fail("C_InitToken: %s", rv_name(ck));
		goto out;
	}
	rv = set_pin(fn, o->label, so_pin, pin);
out:
	token_pin_free(pin);
	token_pin_free(so_pin);
	fn->C_Finalize(NULL);
	return rv;
}

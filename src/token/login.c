/* SPDX-License-Identifier: Apache-2.0 */
#include "token/login.h"

#include <libp11.h>
#include <string.h>

#include "p11/rv.h"

/* The CK_RV of libp11's last failure. */
static CK_RV
last_rv(void)
{
	unsigned long error = ERR_peek_last_error();

	if (error == 0 || ERR_GET_LIB(error) != ERR_get_CKR_code())
		return CKR_GENERAL_ERROR;
	return (CK_RV)ERR_GET_REASON(error);
}

static bool
is_wanted(const PKCS11_SLOT *slot, const struct token_setup *setup)
{
	const PKCS11_TOKEN *token = slot->token;

	if (token == NULL || !token->initialized || token->label == NULL ||
	    strcmp(token->label, setup->label) != 0)
		return false;
	return setup->serial[0] == '\0' ||
	    (token->serialnr != NULL &&
		strcmp(token->serialnr, setup->serial) == 0);
}

/* The one slot, or NULL with reterr. */
static PKCS11_SLOT *
find_slot(
    PKCS11_CTX *ctx, const struct token_setup *setup, struct text_error *reterr)
{
	PKCS11_SLOT *slots, *found = NULL;
	unsigned count;

	if (PKCS11_enumerate_slots(ctx, &slots, &count) == -1) {
		text_fail(reterr, 0, "listing slots: %s", rv_name(last_rv()));
		return NULL;
	}
	for (unsigned i = 0; i < count; i++) {
		if (!is_wanted(&slots[i], setup))
			continue;
		if (found != NULL) {
			text_fail(reterr, 0,
			    "two tokens are called \"%s\": set serial",
			    setup->label);
			return NULL;
		}
		found = &slots[i];
	}
	if (found == NULL)
		text_fail(reterr, 0, "%s has no token \"%s\"%s%s",
		    setup->module, setup->label,
		    setup->serial[0] != '\0' ? " with serial " : "",
		    setup->serial);
	return found;
}

/* Would a wrong PIN cost the token?  Then it is not tried. */
static enum reason
check_pin_state(const PKCS11_TOKEN *token, struct text_error *reterr)
{
	if (token->userPinLocked) {
		text_fail(reterr, 0, "the PIN is locked; nothing was tried");
		return REASON_TOKEN_PIN;
	}
	if (token->userPinFinalTry) {
		text_fail(
		    reterr, 0, "the PIN has one try left; nothing was tried");
		return REASON_TOKEN_PIN;
	}
	if (!token->userPinSet) {
		text_fail(reterr, 0, "the token has no user PIN");
		return REASON_TOKEN_UNAVAILABLE;
	}
	return REASON_OK;
}

static CK_RV
open_session(struct p11_session *s, CK_SLOT_ID slot)
{
	return s->fn->C_OpenSession(
	    slot, CKF_SERIAL_SESSION, NULL, NULL, &s->handle);
}

/*
 * libp11 0.4.12 waits for ever when it cannot open a session, so a slot that
 * opens none must not get that far.  The session it is tried with is gone
 * afterwards: libp11 begins by closing them all.
 */
static enum reason
open_and_login(PKCS11_SLOT *slot, const char *pin, struct p11_session *s,
    struct text_error *reterr)
{
	CK_SLOT_ID id = PKCS11_get_slotid_from_slot(slot);
	CK_RV rv;

	if ((rv = open_session(s, id)) != CKR_OK) {
		text_fail(reterr, 0, "C_OpenSession: %s", rv_name(rv));
		return REASON_TOKEN_FAILED;
	}
	ERR_clear_error();
	if (PKCS11_open_session(slot, 0) == -1) {
		text_fail(reterr, 0, "C_OpenSession: %s", rv_name(last_rv()));
		return REASON_TOKEN_FAILED;
	}
	if (PKCS11_login(slot, 0, pin) == -1) {
		rv = last_rv();
		text_fail(reterr, 0, "C_Login: %s", rv_name(rv));
		return rv_is_pin(rv) ? REASON_TOKEN_PIN : REASON_TOKEN_FAILED;
	}
	if ((rv = open_session(s, id)) != CKR_OK) {
		text_fail(reterr, 0, "C_OpenSession: %s", rv_name(rv));
		return REASON_TOKEN_FAILED;
	}
	return REASON_OK;
}

enum reason
login_open(const struct token_setup *setup, const char *pin, struct login *ret,
    struct text_error *reterr)
{
	PKCS11_CTX *ctx = PKCS11_CTX_new();
	struct login login = { 0 };
	PKCS11_SLOT *slot;
	enum reason reason;

	/* libp11 tells too little about a module that does not load. */
	if (ctx == NULL ||
	    module_load(setup->module, &login.session.fn, reterr) == -1)
		return REASON_TOKEN_UNAVAILABLE;
	if (PKCS11_CTX_load(ctx, setup->module) == -1) {
		text_fail(
		    reterr, 0, "%s: %s", setup->module, rv_name(last_rv()));
		return REASON_TOKEN_UNAVAILABLE;
	}
	if ((slot = find_slot(ctx, setup, reterr)) == NULL)
		return REASON_TOKEN_UNAVAILABLE;
	if ((reason = check_pin_state(slot->token, reterr)) != REASON_OK)
		return reason;
	if (module_token(login.session.fn, PKCS11_get_slotid_from_slot(slot),
		&login.token) != CKR_OK) {
		text_fail(reterr, 0, "the token went away");
		return REASON_TOKEN_UNAVAILABLE;
	}
	reason = open_and_login(slot, pin, &login.session, reterr);
	if (reason == REASON_OK)
		*ret = login;
	return reason;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/token.h"
#include "ctl/token_key.h"
#include "ctl/verb.h"
#include "p11/rv.h"

#define KEYS_MAX 1024

static int
list_tokens(const struct token_options *o)
{
	struct text_error err = { 0 };
	CK_SLOT_ID slots[P11_SLOTS];
	struct p11_token t;
	CK_FUNCTION_LIST *fn;
	CK_ULONG count;
	CK_RV rv;

	if (module_load(o->module, &fn, &err) == -1)
		return token_fail("%s", err.what);
	if ((rv = module_slots(fn, slots, &count)) != CKR_OK)
		return token_fail("C_GetSlotList: %s", rv_name(rv));
	for (CK_ULONG i = 0; i < count; i++) {
		char label[4 * P11_LABEL];

		if (module_token(fn, slots[i], &t) != CKR_OK)
			continue;
		if ((t.flags & CKF_TOKEN_INITIALIZED) == 0) {
			token_say("(blank)\n");
			continue;
		}
		text_escape(t.label, strlen(t.label), label, sizeof(label));
		token_say("%s  serial %s  model %s %s%s%s\n", label, t.serial,
		    t.model, t.firmware,
		    (t.flags & CKF_USER_PIN_LOCKED) ? "  PIN locked" : "",
		    (t.flags & CKF_USER_PIN_FINAL_TRY) ? "  last PIN try" : "");
	}
	fn->C_Finalize(NULL);
	return 0;
}

static void
print_key(const struct p11_session *s, CK_OBJECT_HANDLE handle)
{
	struct token_key key;
	struct text_error err = { 0 };
	char label[4 * P11_OBJECT_NAME], id[3 * P11_OBJECT_ID + 1];
	char attributes[TOKEN_ATTRIBUTES];
	int rv = token_key_load(s, handle, &key, &err);

	text_escape(key.label, strlen(key.label), label, sizeof(label));
	token_key_id(&key, id);
	token_key_attributes(s, handle, attributes);
	if (rv == -1)
		token_say("%s  (%s)", *label ? label : "(no label)", err.what);
	else if (key.pubkey.type == KEY_RSA)
		token_say("%s  rsa:%u", *label ? label : "(no label)",
		    (unsigned)key.pubkey.bits);
	else
		token_say("%s  %s", *label ? label : "(no label)",
		    key_type_word(key.pubkey.type));
	token_say("  id=%s %s\n", id, attributes);
	token_key_release(&key);
}

static int
list_keys(const struct token_options *o)
{
	static CK_OBJECT_HANDLE keys[KEYS_MAX];
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template = { CKA_CLASS, &class, sizeof(class) };
	struct token_login login;
	CK_ULONG count;
	int rv;
	CK_RV ck;

	if ((rv = token_login_open(o, &login)) != 0)
		return rv;
	ck = object_find(&login.session, &template, 1, keys, KEYS_MAX, &count);
	if (ck != CKR_OK)
		rv = token_fail("C_FindObjects: %s", rv_name(ck));
	for (CK_ULONG i = 0; rv == 0 && i < count; i++)
		print_key(&login.session, keys[i]);
	token_login_close(&login);
	return rv;
}

int
token_list(const struct token_options *o)
{
	if ((o->label == NULL) != (o->pin_file == NULL))
		return usage_error("token: list takes --label and --pin-file "
				   "together");
	return o->label == NULL ? list_tokens(o) : list_keys(o);
}

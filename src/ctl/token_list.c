/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/token.h"
#include "ctl/verb.h"
#include "p11/object.h"
#include "p11/pubkey.h"
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
			puts("(blank)");
			continue;
		}
		text_escape(t.label, strlen(t.label), label, sizeof(label));
		printf("%s  serial %s  model %s %s%s%s\n", label, t.serial,
		    t.model, t.firmware,
		    (t.flags & CKF_USER_PIN_LOCKED) ? "  PIN locked" : "",
		    (t.flags & CKF_USER_PIN_FINAL_TRY) ? "  last PIN try" : "");
	}
	fn->C_Finalize(NULL);
	return 0;
}

/* The attributes that decide whether the service would take the key. */
static void
print_attributes(const struct p11_session *s, CK_OBJECT_HANDLE key)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		const char *yes;
		const char *no;
	} attributes[] = {
		{ CKA_SIGN, "sign", "NO-SIGN" },
		{ CKA_SENSITIVE, "sensitive", "NOT-SENSITIVE" },
		{ CKA_ALWAYS_SENSITIVE, "always", "NOT-ALWAYS" },
		{ CKA_EXTRACTABLE, "EXTRACTABLE", "not-extractable" },
		{ CKA_NEVER_EXTRACTABLE, "never", "NOT-NEVER" },
		{ CKA_DECRYPT, "DECRYPT", NULL },
		{ CKA_UNWRAP, "UNWRAP", NULL },
		{ CKA_DERIVE, "DERIVE", NULL },
		{ CKA_MODIFIABLE, "MODIFIABLE", "not-modifiable" },
	};
	const char *word;
	bool value;

	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]);
	     i++) {
		if (object_bool(s, key, attributes[i].type, &value) != CKR_OK)
			continue;
		word = value ? attributes[i].yes : attributes[i].no;
		if (word != NULL)
			printf(" %s", word);
	}
}

/* The public half: its own object of the same id, or the private one. */
static void
print_kind(const struct p11_session *s, CK_OBJECT_HANDLE key, uint8_t *id,
    size_t id_len)
{
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_ATTRIBUTE template[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_ID, id, id_len },
	};
	struct text_error err = { 0 };
	struct pubkey pubkey;
	CK_OBJECT_HANDLE object = key;
	CK_ULONG count = 0;

	if (object_find(s, template, 2, &object, 1, &count) != CKR_OK ||
	    count == 0)
		object = key;
	if (pubkey_load(s, object, &pubkey, &err) == -1) {
		printf("  (%s)", err.what);
		return;
	}
	if (pubkey.type == KEY_RSA)
		printf("  rsa:%u", (unsigned)pubkey.bits);
	else
		printf("  %s", key_type_word(pubkey.type));
	pubkey_release(&pubkey);
}

static void
print_key(const struct p11_session *s, CK_OBJECT_HANDLE key)
{
	char label[256], shown[1024];
	uint8_t id[64];
	size_t len, id_len = 0;

	if (object_bytes(s, key, CKA_LABEL, label, sizeof(label), &len) !=
	    CKR_OK)
		len = 0;
	text_escape(label, len, shown, sizeof(shown));
	if (object_bytes(s, key, CKA_ID, id, sizeof(id), &id_len) != CKR_OK)
		id_len = 0;
	printf("%s", *shown ? shown : "(no label)");
	print_kind(s, key, id, id_len);
	printf("  id=");
	for (size_t i = 0; i < id_len; i++)
		printf("%%%02x", id[i]);
	putchar(' ');
	print_attributes(s, key);
	putchar('\n');
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

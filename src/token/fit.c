/* SPDX-License-Identifier: Apache-2.0 */
#include "token/fit.h"

#include "p11/rv.h"

/* What the token must say; extractable keys are let off the marked ones. */
static const struct rule {
	CK_ATTRIBUTE_TYPE type;
	bool wanted;
	bool excused;
	const char *name;
	const char *what;
} rules[] = {
	{ CKA_SIGN, true, false, "CKA_SIGN", "may not sign" },
	{ CKA_SENSITIVE, true, true, "CKA_SENSITIVE", "is not sensitive" },
	{ CKA_EXTRACTABLE, false, true, "CKA_EXTRACTABLE", "is extractable" },
	{ CKA_ALWAYS_SENSITIVE, true, true, "CKA_ALWAYS_SENSITIVE",
	    "was not always sensitive" },
	{ CKA_NEVER_EXTRACTABLE, true, true, "CKA_NEVER_EXTRACTABLE",
	    "was extractable once" },
};

static bool
check_rule(const struct p11_session *s, CK_OBJECT_HANDLE key,
    const struct rule *rule, struct text_error *reterr)
{
	bool value;
	CK_RV rv;

	if ((rv = object_bool(s, key, rule->type, &value)) != CKR_OK) {
		text_fail(reterr, 0, "the token does not tell %s: %s",
		    rule->name, rv_name(rv));
		return false;
	}
	if (value != rule->wanted) {
		text_fail(reterr, 0, "the key %s (%s)", rule->what, rule->name);
		return false;
	}
	return true;
}

bool
key_is_fit(const struct p11_session *s, CK_OBJECT_HANDLE key,
    const struct pubkey *pubkey, const struct key_add *add,
    struct text_error *reterr)
{
	bool value;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (add->allow_extractable && rules[i].excused)
			continue;
		if (!check_rule(s, key, &rules[i], reterr))
			return false;
	}
	/* Tokens from before 2.20 do not know it, and then it is not so. */
	if (object_bool(s, key, CKA_ALWAYS_AUTHENTICATE, &value) == CKR_OK &&
	    value) {
		text_fail(reterr, 0,
		    "the key wants its PIN for each signature "
		    "(CKA_ALWAYS_AUTHENTICATE)");
		return false;
	}
	if (pubkey->type == KEY_RSA && pubkey->bits < RSA_SHORT &&
	    !add->allow_short) {
		text_fail(reterr, 0, "RSA with %u bits; %d is the least",
		    (unsigned)pubkey->bits, RSA_SHORT);
		return false;
	}
	return true;
}

uint8_t
key_attributes(const struct p11_session *s, CK_OBJECT_HANDLE key)
{
	static const CK_ATTRIBUTE_TYPE types[ATTRIBUTE_COUNT] = {
		[ATTRIBUTE_SENSITIVE] = CKA_SENSITIVE,
		[ATTRIBUTE_ALWAYS_SENSITIVE] = CKA_ALWAYS_SENSITIVE,
		[ATTRIBUTE_EXTRACTABLE] = CKA_EXTRACTABLE,
		[ATTRIBUTE_NEVER_EXTRACTABLE] = CKA_NEVER_EXTRACTABLE,
		[ATTRIBUTE_LOCAL] = CKA_LOCAL,
		[ATTRIBUTE_PRIVATE] = CKA_PRIVATE,
		[ATTRIBUTE_MODIFIABLE] = CKA_MODIFIABLE,
	};
	unsigned set = 0;
	bool value;

	for (unsigned i = 0; i < ATTRIBUTE_COUNT; i++)
		if (object_bool(s, key, types[i], &value) == CKR_OK && value)
			set |= 1u << i;
	return (uint8_t)set;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/stamp.h"

#include "base/oid.h"
#include "policy/value.h"

#define HOW "ssh ... tsa < query.tsq > reply.tsr"

bool
key_stamps(const struct signing_key *key)
{
	return key->tsa_policy != NULL;
}

bool
format_stamps(const struct format_word *format)
{
	return (format->needs & FORMAT_NEEDS_POLICY) != 0;
}

bool
verb_serves(enum verb verb, const struct signing_key *key)
{
	if (verb == VERB_TSA)
		return key_stamps(key);
	return (verb != VERB_SIGN && verb != VERB_CHECK) || !key_stamps(key);
}

int
value_oid(const struct place *place, const struct word *word, const char *value,
    void *field, struct text_error *reterr)
{
	const char **ret = field;
	uint8_t bytes[OID_MAX];
	size_t len;

	if (oid_encode(value, bytes, &len) == -1)
		return text_fail(reterr, 0,
		    "%s must be an object identifier such as "
		    "1.3.6.1.4.1.32473.1, not \"%.40s\"",
		    word->name, value);
	*ret = place_text(place, value, reterr);
	return *ret != NULL ? 0 : -1;
}

static bool
lists_stamps(const struct tree *tree, const struct names *formats)
{
	for (size_t i = 0; i < formats->count; i++)
		if (format_stamps(tree_format(tree, formats->item[i])))
			return true;
	return false;
}

int
stamp_check(const struct tree *tree, const struct signing_key *key,
    struct text_error *reterr)
{
	const struct names *formats = &key->limits.formats;
	bool stamps = lists_stamps(tree, formats);

	if (stamps && formats->count > 1)
		return text_fail(reterr, formats->rule.line,
		    "key %s: format tsa stands alone: time-stamps have a key "
		    "of their own (RFC 3161, 2.3)",
		    key->name);
	if (stamps && key->tsa_policy == NULL)
		return text_fail(reterr, formats->rule.line,
		    "key %s has format tsa and no tsa-policy: write "
		    "tsa-policy = OID",
		    key->name);
	if (!stamps && key->tsa_policy != NULL)
		return text_fail(reterr, key->tsa_policy_rule.line,
		    "key %s has a tsa-policy: write formats = tsa, too",
		    key->name);
	if (!stamps && key->tsa_accuracy_s != 0)
		return text_fail(reterr, key->tsa_accuracy_rule.line,
		    "key %s has a tsa-accuracy: write formats = tsa, too",
		    key->name);
	return 0;
}

enum reason
stamp_refuse(const struct tree *tree, const struct command *command,
    const struct signing_key *key, struct verdict *ret)
{
	const struct format_word *format = tree_format(tree, command->format);
	const struct rule rule = key->limits.formats.item != NULL ?
	    key->limits.formats.rule :
	    key->rule;

	if (command->verb == VERB_TSA && !key_stamps(key))
		return refuse(ret, REASON_FORMAT, rule,
		    "key %s makes no time-stamps: its formats are not tsa",
		    key->name);
	if (command->verb != VERB_SIGN && command->verb != VERB_CHECK)
		return REASON_OK;
	if (key_stamps(key))
		return refuse(ret, REASON_USAGE, rule,
		    "key %s makes time-stamps only; write: " HOW, key->name);
	if (format != NULL && format_stamps(format))
		return refuse(ret, REASON_USAGE, rule,
		    "format %s is what the verb tsa makes; write: " HOW,
		    format->name);
	return REASON_OK;
}

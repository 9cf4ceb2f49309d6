/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/verbs.h"

#include <stdio.h>
#include <string.h>

#include "broker/budget_text.h"
#include "broker/keys_text.h"
#include "broker/service.h"
#include "broker/token.h"

static void
say_verb(enum verb verb, struct buf *out)
{
	buf_addf(out, "%s\n", verb_usage(verb));
	buf_adds(out, verb_help(verb));
}

void
say_help(const struct profile *profile, const char *topic, struct buf *out)
{
	enum verb verb = verb_by_word(topic);

	if (topic[0] != '\0' && verb != VERB_COUNT) {
		say_verb(verb, out);
		return;
	}
	buf_adds(out, "Usage: ssh ... [VERB [OPTION]...]\n\n");
	buf_adds(out, verb_help(VERB_GREETING));
	for (verb = VERB_GREETING + 1; verb < VERB_COUNT; verb++)
		if ((profile->limits.verb_set & 1u << verb) != 0)
			buf_addf(out, "\n%s\n", verb_usage(verb));
	buf_adds(out, "\nhelp VERB says more about one of them.\n");
}

static void
add_member(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "\"%s\":", name);
	buf_add_json(out, value, strlen(value));
}

void
say_whoami(const struct session *s, bool json, struct buf *out)
{
	const struct {
		const char *name;
		const char *value;
	} facts[] = {
		{ "principal", s->principal },
		{ "fingerprint", s->fingerprint },
		{ "second-principal", s->second.principal },
		{ "second-fingerprint",
		    s->second.client != NULL ? s->second.fingerprint : NULL },
		{ "address", s->from.address },
		{ "profile", s->client->profile->name },
		{ "purpose", s->client->profile->limits.purpose },
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		if (facts[i].value == NULL)
			continue;
		if (!json) {
			buf_addf(
			    out, "%s: %s\n", facts[i].name, facts[i].value);
			continue;
		}
		buf_adds(out, i == 0 ? "{" : ",");
		add_member(out, facts[i].name, facts[i].value);
	}
	if (json)
		buf_adds(out, ",");
	say_budgets(s, json, out);
	if (json)
		buf_adds(out, "}\n");
}

typedef void view_fn(const struct key_view *, struct buf *);

/* Each key of the profile that there is, with between between them. */
static size_t
say_each(
    const struct session *s, view_fn *fn, const char *between, struct buf *out)
{
	const struct names *keys = &s->client->profile->keys;
	size_t count = 0;

	for (size_t i = 0; i < keys->count; i++) {
		const struct signing_key *conf =
		    tree_key_by_name(s->service->tree, keys->item[i]);
		struct key_view view;

		if (conf == NULL)
			continue;
		key_view_init(&view, s, conf);
		buf_adds(out, count++ > 0 ? between : "");
		fn(&view, out);
	}
	return count;
}

void
say_keys(const struct session *s, bool json, struct buf *out)
{
	if (json) {
		buf_adds(out, "[");
		say_each(s, key_view_json, ",\n ", out);
		buf_adds(out, "]\n");
		return;
	}
	buf_adds(out, "Signing keys:\n");
	if (say_each(s, key_view_text, "", out) == 0)
		buf_adds(out, "  none\n");
}

void
say_greeting(const struct session *s, struct buf *out)
{
	const struct profile *profile = s->client->profile;

	buf_adds(out, "countersign " VERSION "\n\nYou are ");
	buf_adds(out, s->principal);
	buf_adds(out, ", logged in with client key\n  ");
	buf_adds(out, s->fingerprint);
	if (s->second.client != NULL)
		buf_addf(out, "\nand a second client key, of %s,\n  %s",
		    s->second.principal, s->second.fingerprint);
	buf_addf(out, "\nfrom %s. Your profile is %s.\n\nSigning keys:\n",
	    s->from.address, profile->name);
	if (say_each(s, key_view_line, "", out) == 0)
		buf_adds(out, "  none\n");
	if (profile->default_text != NULL)
		buf_addf(out,
		    "\nLines on standard input without a command are handled "
		    "by\n  %s\n",
		    profile->default_text);
	buf_adds(out,
	    "\nSign:  sha256sum FILE... | ssh ... sign -k KEY\n"
	    "Keys:  ssh ... keys\n"
	    "Help:  ssh ... help\n");
}

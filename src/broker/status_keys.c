/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/status_keys.h"

#include <string.h>

#include "base/clock.h"
#include "broker/service.h"
#include "broker/token.h"
#include "policy/date.h"
#include "policy/suspension.h"

/* Its word; *ret_why is "" when it can sign. */
static const char *
key_word(const struct service *service, const struct generation *g,
    const char **ret_why)
{
	const struct key *key = keyring_of(service->keyring, g);
	const struct suspension *suspended =
	    suspensions_cover(service->suspensions, SUBJECT_KEY, g->of);
	const struct token *token = NULL;
	enum reason reason = REASON_TOKEN_UNAVAILABLE;

	if (suspended != NULL) {
		*ret_why = suspended->text;
		return reason_word(REASON_SUSPENDED);
	}
	*ret_why = "";
	for (size_t i = 0; i < service->token_count; i++)
		if (strcmp(service->tokens[i]->name, key->token) == 0)
			token = service->tokens[i];
	if (token == NULL)
		return reason_word(reason);
	switch (token_standing(token, key, &reason, ret_why)) {
	case KEY_USABLE:
		return "ok";
	case KEY_WAITING:
		return "starting";
	case KEY_DOWN:
		break;
	}
	return reason_word(reason);
}

static const char *
generation_word(const struct generation *g)
{
	const struct generation *now = key_generation(g->key, service_now());

	if (g == now)
		return "in force";
	return now == NULL || g->start > now->start ? "to come" : "over";
}

/* " (generation b from 2027-01-01T00:00:00Z, to come)", if it has several. */
static void
text_generation(const struct generation *g, struct buf *out)
{
	char date[DATE_TEXT];

	if (g->key->count == 1 && g->name[0] == '\0')
		return;
	buf_addf(out, " (%s%s", g->name[0] != '\0' ? "generation " : "its own",
	    g->name);
	date_text(g->start, date);
	if (g->start != 0)
		buf_addf(out, " from %s", date);
	buf_addf(out, ", %s)", generation_word(g));
}

/* Only what is wrong. */
static void
text_canary(const struct key *key, struct buf *out)
{
	char when[CLOCK_TEXT];

	if (key->canary.reason == REASON_OK)
		return;
	clock_text(key->canary.wall_us, when);
	buf_addf(out, "  the canary failed %s: %s: %s\n", when,
	    reason_word(key->canary.reason), key->canary.text);
}

/* Only when it keeps the key from signing. */
static void
text_certificate(const struct key *key, struct buf *out)
{
	char text[MESSAGE_SIZE];

	if (key->files.certificate == NULL ||
	    certificate_is_valid(key->files.certificate, service_now(), text) ==
		0)
		return;
	buf_addf(out, "  %s%s\n", text,
	    key->facts.allow_expired ? " (allowed)" : "");
}

static void
text_openpgp(const struct key *key, struct buf *out)
{
	const struct openpgp_key *k = key->facts.openpgp;

	if (k == NULL || k->expires == 0 || service_now() < k->expires)
		return;
	buf_addf(out, "  the OpenPGP key has expired%s\n",
	    key->facts.allow_expired ? " (allowed)" : "");
}

void
status_keys_text(const struct service *service, struct buf *out)
{
	for (size_t i = 0; i < tree_generations(service->tree); i++) {
		const struct generation *g = tree_generation(service->tree, i);
		const char *why, *word = key_word(service, g, &why);

		buf_addf(out, "key %s", g->of);
		text_generation(g, out);
		buf_addf(
		    out, ": %s%s%s\n", word, why[0] != '\0' ? ": " : "", why);
		text_certificate(keyring_of(service->keyring, g), out);
		text_openpgp(keyring_of(service->keyring, g), out);
		text_canary(keyring_of(service->keyring, g), out);
	}
}

static void
add_string(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "\"%s\":", name);
	buf_add_json(out, value, strlen(value));
}

static void
json_generation(const struct generation *g, struct buf *out)
{
	char date[DATE_TEXT] = "";

	if (g->key->count == 1 && g->name[0] == '\0')
		return;
	if (g->start != 0)
		date_text(g->start, date);
	add_string(out, "generation", g->name);
	buf_adds(out, ",");
	add_string(out, "start", date);
	buf_adds(out, ",");
	add_string(out, "generation-state", generation_word(g));
	buf_adds(out, ",");
}

static void
json_canary(const struct key *key, struct buf *out)
{
	char when[CLOCK_TEXT] = "";

	if (key->canary.wall_us != 0)
		clock_text(key->canary.wall_us, when);
	buf_adds(out, ",\"canary\":{");
	add_string(out, "time", when);
	buf_adds(out, ",");
	add_string(out, "state", reason_word(key->canary.reason));
	buf_adds(out, ",");
	add_string(out, "message", key->canary.text);
	buf_adds(out, "}");
}

/* When it is valid; nothing where there is none. */
static void
json_certificate(const struct key *key, struct buf *out)
{
	const struct certificate *c = key->files.certificate;
	char date[DATE_TEXT];

	if (c == NULL)
		return;
	date_text(c->not_before, date);
	buf_adds(out, ",\"certificate\":{");
	add_string(out, "not-before", date);
	date_text(c->not_after, date);
	buf_adds(out, ",");
	add_string(out, "not-after", date);
	buf_adds(out, "}");
}

/* What verifiers know the key by, and until when. */
static void
json_openpgp(const struct key *key, struct buf *out)
{
	const struct openpgp_key *k = key->facts.openpgp;
	char print[2 * OPENPGP_FINGERPRINT + 1], date[DATE_TEXT] = "";

	if (k == NULL)
		return;
	hex_encode(k->fingerprint, OPENPGP_FINGERPRINT, print);
	if (k->expires != 0)
		date_text(k->expires, date);
	buf_adds(out, ",\"openpgp\":{");
	add_string(out, "fingerprint", print);
	buf_adds(out, ",");
	add_string(out, "not-after", date);
	buf_adds(out, "}");
}

static void
json_key(
    const struct service *service, const struct generation *g, struct buf *out)
{
	const char *why, *word = key_word(service, g, &why);

	buf_adds(out, "{");
	add_string(out, "name", g->of);
	buf_adds(out, ",");
	json_generation(g, out);
	add_string(out, "token", g->token->name);
	buf_adds(out, ",");
	add_string(out, "state", word);
	buf_adds(out, ",");
	add_string(out, "message", why);
	json_certificate(keyring_of(service->keyring, g), out);
	json_openpgp(keyring_of(service->keyring, g), out);
	json_canary(keyring_of(service->keyring, g), out);
	buf_adds(out, "}");
}

void
status_keys_json(const struct service *service, struct buf *out)
{
	for (size_t i = 0; i < tree_generations(service->tree); i++) {
		buf_adds(out, i > 0 ? "," : "");
		json_key(service, tree_generation(service->tree, i), out);
	}
}

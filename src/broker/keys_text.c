/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/keys_text.h"

#include <stdio.h>
#include <string.h>

#include "broker/service.h"
#include "broker/token.h"
#include "policy/date.h"
#include "policy/resolve.h"
#include "policy/value.h"

static void
set_state(struct key_view *view, enum reason reason, const char *why)
{
	view->state = reason_word(reason);
	view->why = why;
}

void
key_view_init(struct key_view *view, const struct session *s,
    const struct signing_key *conf)
{
	struct service *service = s->service;
	int64_t now = service_now();
	enum reason reason;
	const char *why = "";
	enum key_standing standing;
	const struct suspension *suspended;

	view->conf = conf;
	view->profile = s->client->profile;
	view->key = keyring_of(service->keyring, conf);
	standing = token_standing(token_by_name(service, conf->token->name),
	    view->key, &reason, &why);
	set_state(view, REASON_OK, "");
	suspended =
	    suspensions_cover(service->suspensions, SUBJECT_KEY, conf->name);
	if (suspended != NULL) {
		set_state(view, REASON_SUSPENDED, suspended->text);
	} else if (conf->limits.not_before != 0 &&
	    now < conf->limits.not_before) {
		set_state(view, REASON_NOT_BEFORE, "not valid yet");
	} else if (conf->limits.not_after != 0 &&
	    now >= conf->limits.not_after) {
		set_state(view, REASON_NOT_AFTER, "not valid any more");
	} else if (standing == KEY_DOWN) {
		set_state(view, reason, why);
	} else if (standing == KEY_WAITING) {
		view->state = "starting";
		view->why = "the token is being logged in to";
	}
}

bool
key_view_has_format(const struct key_view *view, const struct format *format)
{
	const struct format_word word = { format->name, format->wrapped };
	char text[MESSAGE_SIZE];
	enum mech mech;

	if (!key_allows_format(view->conf, &word) ||
	    (view->profile->limits.formats.item != NULL &&
		!names_have(&view->profile->limits.formats, format->name)))
		return false;
	if (!view->key->known)
		return true;
	for (int h = HASH_NONE; h < HASH_COUNT; h++)
		if (format_plan(format, &view->key->facts, (enum hash)h, &mech,
			text) == REASON_OK)
			return true;
	return false;
}

bool
key_view_has_hash(const struct key_view *view, enum hash hash)
{
	const struct format *format;
	char text[MESSAGE_SIZE];
	enum mech mech;

	if ((view->conf->limits.hash_set & view->profile->limits.hash_set &
		1u << hash) == 0)
		return false;
	if (!view->key->known)
		return true;
	for (size_t i = 0; (format = format_at(i)) != NULL; i++)
		if (format_plan(format, &view->key->facts, hash, &mech, text) ==
		    REASON_OK)
			return true;
	return false;
}

static void
add_formats(const struct key_view *view, bool json, struct buf *out)
{
	const struct format *format;
	bool any = false;

	for (size_t i = 0; (format = format_at(i)) != NULL; i++) {
		if (!key_view_has_format(view, format))
			continue;
		buf_addf(out, json ? "%s\"%s\"" : "%s%s",
		    !any     ? "" :
			json ? "," :
			       ", ",
		    format->name);
		any = true;
	}
	if (!any && !json)
		buf_adds(out, "none");
}

static void
add_hashes(const struct key_view *view, bool json, struct buf *out)
{
	bool any = false;

	for (int h = HASH_NONE + 1; h < HASH_COUNT; h++) {
		if (!key_view_has_hash(view, (enum hash)h))
			continue;
		buf_addf(out, json ? "%s\"%s\"" : "%s%s",
		    !any     ? "" :
			json ? "," :
			       ", ",
		    hash_word((enum hash)h));
		any = true;
	}
	if (!any && !json)
		buf_adds(out, "none");
}

void
key_view_text(const struct key_view *view, struct buf *out)
{
	const struct key *key = view->key;
	char date[DATE_TEXT];

	buf_addf(out, "  %s\n", view->conf->name);
	if (key->known)
		buf_addf(out, "    type         %s, %u bits\n",
		    key_type_word(key->facts.type), key->facts.bits);
	buf_addf(out, "    use          %s\n    formats      ",
	    view->conf->wrapped ? "wrapped" : "raw");
	add_formats(view, false, out);
	buf_adds(out, "\n    hashes       ");
	add_hashes(view, false, out);
	if (key->known)
		buf_addf(out, "\n    fingerprint  %s", key->fingerprint);
	if (view->conf->limits.not_after != 0) {
		date_text(view->conf->limits.not_after, date);
		buf_addf(out, "\n    not after    %s", date);
	}
	if (view->why[0] == '\0')
		buf_adds(out, "\n    state        ok\n");
	else
		buf_addf(
		    out, "\n    state        %s: %s\n", view->state, view->why);
}

static void
add_string(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, ",\"%s\":", name);
	buf_add_json(out, value, strlen(value));
}

void
key_view_json(const struct key_view *view, struct buf *out)
{
	const struct key *key = view->key;
	char date[DATE_TEXT];

	buf_adds(out, "{\"name\":");
	buf_add_json(out, view->conf->name, strlen(view->conf->name));
	if (key->known) {
		add_string(out, "type", key_type_word(key->facts.type));
		buf_addf(out, ",\"bits\":%u", key->facts.bits);
		add_string(out, "fingerprint", key->fingerprint);
	}
	add_string(out, "use", view->conf->wrapped ? "wrapped" : "raw");
	buf_adds(out, ",\"formats\":[");
	add_formats(view, true, out);
	buf_adds(out, "],\"hashes\":[");
	add_hashes(view, true, out);
	buf_adds(out, "]");
	if (view->conf->limits.not_after != 0) {
		date_text(view->conf->limits.not_after, date);
		add_string(out, "not-after", date);
	}
	add_string(out, "state", view->state);
	if (view->why[0] != '\0')
		add_string(out, "message", view->why);
	buf_adds(out, "}");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/keys_text.h"

#include <stdio.h>
#include <string.h>

#include "broker/budget_text.h"
#include "broker/service.h"
#include "broker/token.h"
#include "policy/date.h"
#include "policy/layer.h"
#include "policy/namespace.h"
#include "policy/resolve.h"
#include "policy/value.h"

/* Can it sign, as far as tokens go? */
static struct key_state
state_of(struct service *service, const struct key *key)
{
	enum reason reason;
	const char *why = "";

	switch (token_standing(
	    token_by_name(service, key->token), key, &reason, &why)) {
	case KEY_USABLE:
		break;
	case KEY_WAITING:
		return (struct key_state){ "starting",
			"the token is being logged in to" };
	case KEY_DOWN:
		return (struct key_state){ reason_word(reason), why };
	}
	return (struct key_state){ reason_word(REASON_OK), "" };
}

/* May this client have anything signed, from here and at this hour? */
static enum reason
check_here(struct key_view *view, int64_t now)
{
	static layer_fn *const checks[] = { layer_source, layer_hours, NULL };
	const struct asked asked = { .address = view->session->from.address,
		.now = now };
	struct layer layers[LAYERS_MAX];
	size_t count = layers_over(view->profile, view->conf, layers);

	return layers_check(layers, count, checks, &asked, &view->held);
}

/* What policy says of the key at this time, before its token is asked. */
static struct key_state
now_state(struct service *service, struct key_view *view, int64_t now)
{
	const struct limits *limits = &view->conf->limits;
	const struct suspension *suspended = suspensions_cover(
	    service->suspensions, SUBJECT_KEY, view->conf->name);

	if (suspended != NULL)
		return (struct key_state){ reason_word(REASON_SUSPENDED),
			suspended->text };
	if ((limits->not_before != 0 && now < limits->not_before) ||
	    view->generation == NULL)
		return (struct key_state){ reason_word(REASON_NOT_BEFORE),
			"not valid yet" };
	if (limits->not_after != 0 && now >= limits->not_after)
		return (struct key_state){ reason_word(REASON_NOT_AFTER),
			"not valid any more" };
	if (check_here(view, now) != REASON_OK)
		return (struct key_state){ reason_word(view->held.reason),
			view->held.text };
	return state_of(service, view->key);
}

void
key_view_init(struct key_view *view, const struct session *s,
    const struct signing_key *conf)
{
	struct service *service = s->service;
	int64_t now = service_now();

	memset(view, 0, sizeof(*view));
	view->session = s;
	view->conf = conf;
	view->profile = s->client->profile;
	view->generation = key_generation(conf, now);
	view->next = key_next_generation(conf, now);
	if (view->next != NULL) {
		view->next_key = keyring_of(service->keyring, view->next);
		view->next_state = state_of(service, view->next_key);
	}
	view->key = view->generation != NULL ?
	    keyring_of(service->keyring, view->generation) :
	    view->next_key;
	view->state = now_state(service, view, now);
}

bool
key_view_has_format(const struct key_view *view, const struct format *format)
{
	const struct format_word word = { .name = format->name,
		.wrapped = format->wrapped,
		.needs = format->needs };
	char text[MESSAGE_SIZE];
	enum mech mech;
	enum hash over;

	if (!key_allows_format(view->conf, &word) ||
	    (view->profile->limits.formats.item != NULL &&
		!names_have(&view->profile->limits.formats, format->name)))
		return false;
	if (!view->key->known)
		return true;
	for (int h = HASH_NONE; h < HASH_COUNT; h++)
		if (format_plan(format, &view->key->facts, (enum hash)h, &mech,
			&over, text) == REASON_OK)
			return true;
	return false;
}

bool
key_view_has_hash(const struct key_view *view, enum hash hash)
{
	const struct format *format;
	char text[MESSAGE_SIZE];
	enum mech mech;
	enum hash over;

	if ((view->conf->limits.hash_set & view->profile->limits.hash_set &
		1u << hash) == 0)
		return false;
	if (!view->key->known)
		return true;
	for (size_t i = 0; (format = format_at(i)) != NULL; i++)
		if (key_view_has_format(view, format) &&
		    format_plan(format, &view->key->facts, hash, &mech, &over,
			text) == REASON_OK)
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

/* What each is, and which stock program verifies it. */
static void
add_help(const struct key_view *view, struct buf *out)
{
	const struct format *format;

	for (size_t i = 0; (format = format_at(i)) != NULL; i++)
		if (key_view_has_format(view, format))
			buf_addf(out, "\n      %-15s  %s", format->name,
			    format->help);
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

/* Is there a format that has them at all? */
static bool
takes_namespaces(const struct key_view *view)
{
	const struct format *format;

	for (size_t i = 0; (format = format_at(i)) != NULL; i++)
		if ((format->needs & FORMAT_NEEDS_NAMESPACE) != 0 &&
		    key_view_has_format(view, format))
			return true;
	return false;
}

static void
add_namespaces(const struct key_view *view, bool json, struct buf *out)
{
	const char *name, *comma = "";
	size_t at = 0;

	if (!takes_namespaces(view) ||
	    namespace_next(view->profile, view->conf, &at) == NULL)
		return;
	buf_adds(out, json ? ",\"namespaces\":[" : "\n    namespaces   ");
	at = 0;
	while (
	    (name = namespace_next(view->profile, view->conf, &at)) != NULL) {
		buf_addf(out, json ? "%s\"%s\"" : "%s%s", comma, name);
		comma = json ? "," : ", ";
	}
	buf_adds(out, json ? "]" : "");
}

/* Do its certificate's dates forbid one of its formats now? */
static bool
is_out_of_date(const struct key_view *view, char text[MESSAGE_SIZE])
{
	const struct format *format;
	int64_t now = session_moment(view->session).now;

	for (size_t i = 0; (format = format_at(i)) != NULL; i++)
		if (key_view_has_format(view, format) &&
		    format_dates(format, &view->key->facts, now, text) !=
			REASON_OK)
			return true;
	return false;
}

static void
text_generation(const struct key_view *view, struct buf *out)
{
	char date[DATE_TEXT];

	if (view->generation == NULL || view->generation->name[0] == '\0')
		return;
	date_text(view->generation->start, date);
	buf_addf(out, "\n    generation   %s, since %s", view->generation->name,
	    date);
}

static void
text_next(const struct key_view *view, struct buf *out)
{
	char date[DATE_TEXT];

	if (view->next == NULL)
		return;
	date_text(view->next->start, date);
	buf_addf(out, "    next         %s, from %s", view->next->name, date);
	if (view->next_key->known)
		buf_addf(out, ", %s", view->next_key->fingerprint);
	if (view->next_state.why[0] != '\0')
		buf_addf(out, ", %s: %s", view->next_state.word,
		    view->next_state.why);
	buf_adds(out, "\n");
}

void
key_view_line(const struct key_view *view, struct buf *out)
{
	const struct key *key = view->key;

	buf_addf(out, "  %s: ", view->conf->name);
	if (key->known)
		buf_addf(out, "%s, %u bits, ", key_type_word(key->facts.type),
		    key->facts.bits);
	buf_addf(out, "%s; ", view->conf->wrapped ? "wrapped" : "raw");
	add_formats(view, false, out);
	if (view->state.why[0] != '\0')
		buf_addf(
		    out, "\n    %s: %s", view->state.word, view->state.why);
	buf_adds(out, "\n");
}

void
key_view_text(const struct key_view *view, struct buf *out)
{
	const struct key *key = view->key;
	char date[DATE_TEXT], text[MESSAGE_SIZE];

	buf_addf(out, "  %s\n", view->conf->name);
	if (view->conf->limits.purpose != NULL)
		buf_addf(
		    out, "    purpose      %s\n", view->conf->limits.purpose);
	if (key->known)
		buf_addf(out, "    type         %s, %u bits\n",
		    key_type_word(key->facts.type), key->facts.bits);
	buf_addf(out, "    use          %s\n    formats      ",
	    view->conf->wrapped ? "wrapped" : "raw");
	add_formats(view, false, out);
	add_help(view, out);
	buf_adds(out, "\n    hashes       ");
	add_hashes(view, false, out);
	add_namespaces(view, false, out);
	if (view->generation != NULL && key->known)
		buf_addf(out, "\n    fingerprint  %s", key->fingerprint);
	text_generation(view, out);
	if (view->conf->limits.not_after != 0) {
		date_text(view->conf->limits.not_after, date);
		buf_addf(out, "\n    not after    %s", date);
	}
	if (view->state.why[0] == '\0')
		buf_adds(out, "\n    state        ok\n");
	else
		buf_addf(out, "\n    state        %s: %s\n", view->state.word,
		    view->state.why);
	if (is_out_of_date(view, text))
		buf_addf(out, "    certificate  %s\n", text);
	say_key_budget(view->session, view->conf, false, out);
	text_next(view, out);
}

static void
add_string(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, ",\"%s\":", name);
	buf_add_json(out, value, strlen(value));
}

static void
json_state(const struct key_state *state, struct buf *out)
{
	add_string(out, "state", state->word);
	if (state->why[0] != '\0')
		add_string(out, "message", state->why);
}

static void
json_next(const struct key_view *view, struct buf *out)
{
	const char *name = view->next->name;
	char date[DATE_TEXT];

	date_text(view->next->start, date);
	buf_adds(out, ",\"next\":{\"generation\":");
	buf_add_json(out, name, strlen(name));
	add_string(out, "start", date);
	if (view->next_key->known)
		add_string(out, "fingerprint", view->next_key->fingerprint);
	json_state(&view->next_state, out);
	buf_adds(out, "}");
}

void
key_view_json(const struct key_view *view, struct buf *out)
{
	const struct key *key = view->key;
	char date[DATE_TEXT], text[MESSAGE_SIZE];

	buf_adds(out, "{\"name\":");
	buf_add_json(out, view->conf->name, strlen(view->conf->name));
	if (key->known) {
		add_string(out, "type", key_type_word(key->facts.type));
		buf_addf(out, ",\"bits\":%u", key->facts.bits);
		if (view->generation != NULL)
			add_string(out, "fingerprint", key->fingerprint);
	}
	if (view->generation != NULL && view->generation->name[0] != '\0') {
		date_text(view->generation->start, date);
		add_string(out, "generation", view->generation->name);
		add_string(out, "since", date);
	}
	if (view->conf->limits.purpose != NULL)
		add_string(out, "purpose", view->conf->limits.purpose);
	add_string(out, "use", view->conf->wrapped ? "wrapped" : "raw");
	buf_adds(out, ",\"formats\":[");
	add_formats(view, true, out);
	buf_adds(out, "],\"hashes\":[");
	add_hashes(view, true, out);
	buf_adds(out, "]");
	add_namespaces(view, true, out);
	if (view->conf->limits.not_after != 0) {
		date_text(view->conf->limits.not_after, date);
		add_string(out, "not-after", date);
	}
	json_state(&view->state, out);
	if (is_out_of_date(view, text))
		add_string(out, "certificate", text);
	if (view->next != NULL)
		json_next(view, out);
	say_key_budget(view->session, view->conf, true, out);
	buf_adds(out, "}");
}

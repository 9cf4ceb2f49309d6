/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/lists_ask.h"

#include <stdio.h>
#include <string.h>

#include "broker/lines.h"
#include "broker/lists.h"
#include "broker/lists_words.h"
#include "broker/service.h"
#include "broker/slot.h"

static const struct digests_from *
from_of(const struct request *q)
{
	return &q->grant.profile->digests;
}

static enum list_kind
kind_of(const struct request *q)
{
	return from_of(q)->file != NULL ? LIST_FILE : LIST_COMMAND;
}

static void
deny(struct slot *slot, enum reason reason, const char *text)
{
	slot->listing = LISTING_NO;
	slot_say(slot, reason, text, "");
}

/* Would policy allow it now?  What it refuses is nobody's to be asked. */
static bool
is_worth_asking(const struct request *q, const struct slot *slot,
    const struct moment *moment)
{
	struct verdict ignored;

	return slot->state == SLOT_NEW && slot->listing == LISTING_UNKNOWN &&
	    decide_line(&q->grant, moment, slot->number, slot->hash, slot->name,
		&ignored) == REASON_OK;
}

/* The next lines to be asked for together: how many. */
static unsigned
gather(struct request *q, struct slot **ret, unsigned max)
{
	struct moment moment = session_moment(q->session);
	uint32_t *next = &q->lists.next_line;
	unsigned count = 0;

	if ((int32_t)(q->decided - *next) > 0)
		*next = q->decided;
	for (; *next != q->tail && count < max; (*next)++) {
		struct slot *slot = lines_at(q, *next);

		if (is_worth_asking(q, slot, &moment))
			ret[count++] = slot;
	}
	return count;
}

/* What is asked: false when its words are too long. */
static bool
put_words(
    const struct request *q, const struct slot *slot, struct list_words *ret)
{
	const struct digests_from *from = from_of(q);
	char hex[2 * DIGEST_MAX + 1];
	const struct list_facts facts = {
		.digest = hex,
		.hash = hash_word(slot->hash),
		.name = slot->name,
		.key = q->grant.key->name,
		.format = q->grant.format,
		.profile = q->grant.profile->name,
		.user = q->session->principal,
	};

	if (from->file != NULL) {
		ret->count = 0;
		ret->used = 0;
		return list_words_add(ret, from->file);
	}
	hex_encode(slot->digest, slot->digest_len, hex);
	return lists_words_fill(ret, &from->command, &facts);
}

static void
ask(struct request *q, struct slot **slots, unsigned count)
{
	static struct lists_query query;
	struct service *service = q->session->service;
	uint64_t number[WIRE_BATCH], id = 0;
	bool fits = put_words(q, slots[0], &query.words);

	query.kind = kind_of(q);
	query.network = from_of(q)->network;
	query.timeout_ms = tree_server(service->tree)->digests_timeout * 1000;
	query.count = (uint8_t)count;
	for (unsigned i = 0; i < count; i++) {
		struct list_digest *digest = &query.digests[i];

		digest->len = slots[i]->digest_len;
		memcpy(digest->bytes, slots[i]->digest, digest->len);
		number[i] = slots[i]->number;
	}
	if (fits)
		id = lists_send(service->lists, q, &query, number);
	for (unsigned i = 0; i < count; i++) {
		slots[i]->listing = LISTING_ASKED;
		slots[i]->asked = id;
		if (id == 0)
			deny(slots[i], REASON_LIST_UNAVAILABLE,
			    fits ? "there is no memory to ask for it" :
				   "the command's words are too long for it");
	}
}

void
lists_ask_ahead(struct request *q)
{
	struct lists *lists = q->session->service->lists;
	struct slot *slots[WIRE_BATCH];
	enum list_kind kind;
	unsigned count;

	if (q->state != REQUEST_RUNNING || q->stopped ||
	    q->grant.profile->digests.rule.file == NULL)
		return;
	kind = kind_of(q);
	while (q->lists.out < LISTS_OF_REQUEST && !lists_are_away(lists)) {
		if (!lists_have_room(lists, kind)) {
			lists_wait(lists, q, kind);
			return;
		}
		count = gather(q, slots, kind == LIST_FILE ? WIRE_BATCH : 1);
		if (count == 0)
			return;
		ask(q, slots, count);
	}
}

enum allowed
lists_allow(struct request *q, struct slot *slot, struct verdict *ret)
{
	const struct digests_from *from = from_of(q);

	if (from->rule.file == NULL)
		return ALLOWED;
	/* Passed over before, when policy said something else. */
	if (slot->listing == LISTING_UNKNOWN)
		q->lists.next_line = q->decided;
	lists_ask_ahead(q);
	if (slot->listing == LISTING_UNKNOWN &&
	    lists_are_away(q->session->service->lists))
		deny(slot, REASON_LIST_UNAVAILABLE, LISTS_AWAY);
	switch ((enum listing)slot->listing) {
	case LISTING_UNKNOWN:
	case LISTING_ASKED:
		return ALLOWED_LATER;
	case LISTING_YES:
		return ALLOWED;
	case LISTING_NO:
		break;
	}
	ret->reason = slot->reason;
	ret->rule = from->rule;
	text_copy(ret->text, sizeof(ret->text), slot_text(slot));
	return ALLOWED_NOT;
}

/* The line, if it still waits for this answer. */
static struct slot *
find(const struct request *q, uint64_t number, uint64_t id)
{
	uint32_t index = (uint32_t)(number - 1);
	struct slot *slot;

	if (index - q->head >= q->tail - q->head)
		return NULL;
	slot = lines_at(q, index);
	return slot->number == number && slot->asked == id &&
		slot->listing == LISTING_ASKED && slot->state == SLOT_NEW ?
	    slot :
	    NULL;
}

static void
take(const struct request *q, struct slot *slot, enum list_verdict listed,
    const char *text)
{
	char file[MESSAGE_SIZE], plain[400];
	const char *path = from_of(q)->file;

	switch (listed) {
	case LISTED_YES:
		slot->listing = LISTING_YES;
		return;
	case LISTED_NO:
		if (path != NULL) {
			text_escape(path, strlen(path), plain, sizeof(plain));
			snprintf(file, sizeof(file),
			    "the list %s does not have this digest", plain);
			text = file;
		}
		deny(slot, REASON_NOT_LISTED, text);
		return;
	case LISTED_UNAVAILABLE:
	case LISTED_COUNT:
		deny(slot, REASON_LIST_UNAVAILABLE, text);
		return;
	}
}

void
lists_ask_answered(struct request *q, const struct lists_answer *answer,
    const uint64_t *number)
{
	if (q->state != REQUEST_RUNNING)
		return;
	for (uint8_t i = 0; i < answer->count; i++) {
		struct slot *slot = find(q, number[i], answer->id);

		if (slot != NULL)
			take(q, slot, answer->listed[i], answer->text);
	}
	lines_pump(q);
	lists_ask_ahead(q);
}

void
lists_forget(struct request *q)
{
	lists_leave(q->session->service->lists, q);
	q->lists.next_line = q->next_up;
	for (uint32_t i = q->next_up; i != q->tail; i++) {
		struct slot *slot = lines_at(q, i);

		slot->listing = LISTING_UNKNOWN;
		if (slot->state == SLOT_NEW || slot_is_last(slot))
			slot_unsay(slot);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/notary.h"

#include <stddef.h>
#include <string.h>

#include "broker/audit_key.h"
#include "broker/records.h"
#include "broker/service.h"

static void
end(struct notary *notary, enum reason reason, const char *text)
{
	notary->busy = false;
	notary->ended(notary->arg, reason, text);
}

static void
end_unrecorded(struct notary *notary)
{
	end(notary, REASON_AUDIT_UNAVAILABLE,
	    "the record of a checkpoint could not be written");
}

static void
on_recorded(struct waiter *waiter, bool ok)
{
	struct notary *notary =
	    (void *)((char *)waiter - offsetof(struct notary, waiter));

	if (ok)
		end(notary, REASON_OK, "");
	else
		end_unrecorded(notary);
}

static bool
on_signed(struct chore *chore, const uint8_t *signature, size_t len)
{
	struct notary *notary =
	    (void *)((char *)chore - offsetof(struct notary, chore));

	if (len != NOTE_SIGNATURE ||
	    note_check(
		&notary->key, notary->text, notary->text_len, signature) == -1)
		return false;
	memcpy(notary->signature, signature, NOTE_SIGNATURE);
	notary->waiter.fn = on_recorded;
	if (record_checkpoint(notary, &notary->waiter) == -1)
		end_unrecorded(notary);
	return true;
}

static void
on_failed(struct chore *chore, enum reason reason, const char *text)
{
	end((void *)((char *)chore - offsetof(struct notary, chore)), reason,
	    text);
}

void
notary_init(struct notary *notary, struct service *service,
    void (*ended)(void *arg, enum reason, const char *text), void *arg)
{
	memset(notary, 0, sizeof(*notary));
	notary->service = service;
	notary->ended = ended;
	notary->arg = arg;
}

int
notary_begin(struct notary *notary, const char *origin, const char *why)
{
	struct key *key = audit_key(notary->service);

	notary->tree = *journal_tree(notary->service->journal);
	if (key == NULL || notary->tree.size == 0 ||
	    audit_key_note(key, origin, &notary->key) == -1 ||
	    merkle_root(&notary->tree, notary->what.root) == -1)
		return -1;
	text_copy(notary->what.origin, sizeof(notary->what.origin), origin);
	notary->what.size = notary->tree.size;
	notary->text_len = checkpoint_text(&notary->what, notary->text);
	notary->why = why;
	notary->busy = true;
	notary->chore = (struct chore){ .key = key,
		.mech = MECH_EDDSA,
		.hash = HASH_NONE,
		.input = (const uint8_t *)notary->text,
		.len = notary->text_len,
		.done = on_signed,
		.failed = on_failed };
	chore_begin(&notary->chore, notary->service);
	return 0;
}

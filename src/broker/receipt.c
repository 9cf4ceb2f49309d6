/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/receipt.h"

#include <string.h>

#include "audit/proof.h"
#include "base/log.h"
#include "broker/service.h"
#include "broker/slot.h"

static struct service *
service_of(const struct slot *slot)
{
	return slot->request->session->service;
}

static struct receipt *
receipt_new(struct slot *slot, uint64_t seq, const char *text, size_t len)
{
	struct receipt *r = pool_get(&service_of(slot)->pool, sizeof(*r) + len);

	if (r == NULL)
		return NULL;
	memset(r, 0, sizeof(*r));
	r->cover.seq = seq;
	r->slot = slot;
	r->len = (uint32_t)len;
	memcpy(r->text, text, len);
	return r;
}

void
receipt_drop(struct slot *slot)
{
	struct receipt *r = slot->receipt;

	if (r != NULL)
		pool_put(&service_of(slot)->pool, r, sizeof(*r) + r->len);
	slot->receipt = NULL;
}

void
receipt_keep(struct slot *slot, const struct record *record)
{
	slot->receipt =
	    receipt_new(slot, record->seq, record->line, record->len - 1);
}

static void
on_covered(struct cover *cover, enum reason reason, const char *text)
{
	struct receipt *r =
	    (void *)((char *)cover - offsetof(struct receipt, cover));

	slot_covered(r->slot, reason, text);
}

void
receipt_await(struct slot *slot)
{
	slot->receipt->cover.fn = on_covered;
	checkpoints_cover(service_of(slot)->checkpoints, &slot->receipt->cover);
}

/* A tree whose file was damaged proves nothing: that must not leave. */
static bool
holds(const struct tlog_proof *proof)
{
	static bool told;
	struct signed_checkpoint note;
	struct text_error error;
	merkle_hash leaf;

	if (checkpoint_parse(proof->note, proof->note_len, &note, &error) ==
		0 &&
	    merkle_leaf(proof->record, proof->record_len, leaf) == 0 &&
	    merkle_check_inclusion(&proof->path, proof->index, leaf,
		note.checkpoint.size, note.checkpoint.root) == 0)
		return true;
	if (!told)
		log_warn("the tree's file is damaged: record %ju cannot be "
			 "proven; remove it while the service is stopped, and "
			 "the next start makes it again",
		    (uintmax_t)proof->index + 1);
	told = true;
	return false;
}

int
proof_of(struct service *service, uint64_t seq, const char *record, size_t len,
    struct buf *out)
{
	struct tlog_proof proof = {
		.index = seq - 1, .record = record, .record_len = len
	};
	struct checkpoint_state newest;

	checkpoints_state(service->checkpoints, &newest);
	if (newest.note == NULL ||
	    journal_inclusion(
		service->journal, seq, newest.size, &proof.path) == -1)
		return -1;
	proof.note = newest.note;
	proof.note_len = newest.note_len;
	if (!holds(&proof))
		return -1;
	proof_write(&proof, out);
	return out->bad ? -1 : 0;
}

enum reason
receipt_prove(struct slot *slot)
{
	struct receipt *r = slot->receipt, *proven = NULL;
	enum reason reason = REASON_AUDIT_UNAVAILABLE;
	struct buf text;

	buf_init(&text, PROOF_TEXT_MAX);
	if (proof_of(service_of(slot), r->cover.seq, r->text, r->len, &text) ==
	    0) {
		proven = receipt_new(
		    slot, r->cover.seq, buf_at(&text), buf_len(&text));
		reason = proven != NULL ? REASON_OK : REASON_BUSY;
	}
	buf_release(&text);
	if (proven == NULL)
		return reason;
	proven->proven = true;
	receipt_drop(slot);
	slot->receipt = proven;
	return REASON_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* record_checkpoint, declared in broker/records.h. */
#include <stdio.h>
#include <string.h>

#include "broker/notary.h"
#include "broker/records.h"
#include "broker/service.h"

#define HASH_TEXT BASE64_SIZE(MERKLE_HASH)

/*
 * The hashes that the tree is made of, largest subtree first: with them its
 * root can be checked, and the tree be continued, without the records before.
 */
static void
add_nodes(struct record *r, const struct merkle *tree)
{
	static char text[MERKLE_LEVELS * (HASH_TEXT + 1)];
	char *at = text;

	for (int i = MERKLE_LEVELS - 1; i >= 0; i--) {
		if ((tree->size >> i & 1) == 0)
			continue;
		if (at > text)
			*at++ = ' ';
		at += base64_encode(tree->node[i], MERKLE_HASH, true, at);
	}
	*at = '\0';
	record_add_whole(r, "nodes", text);
}

int
record_checkpoint(const struct notary *notary, struct waiter *waiter)
{
	struct journal *journal = notary->service->journal;
	struct record *r = journal_begin(journal, EVENT_CHECKPOINT);
	char vkey[NOTE_VKEY], signature[NOTE_SIGNATURE_TEXT];
	char root[HASH_TEXT], text[64];

	if (r == NULL)
		return -1;
	note_key_text(&notary->key, vkey);
	note_signature_text(&notary->key, notary->signature, signature);
	base64_encode(notary->what.root, MERKLE_HASH, true, root);
	record_add(r, "origin", notary->what.origin);
	record_add_number(r, "size", notary->what.size);
	record_add(r, "root", root);
	record_add(r, "signature", signature);
	record_add(r, "auditkey", vkey);
	record_add(r, "why", notary->why);
	add_nodes(r, &notary->tree);
	snprintf(text, sizeof(text), "the first %llu records are signed",
	    (unsigned long long)notary->what.size);
	return journal_end(journal, text, waiter);
}

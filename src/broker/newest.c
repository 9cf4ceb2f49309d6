/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/newest.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/notary.h"
#include "broker/note_file.h"

void
newest_init(struct newest *n)
{
	memset(n, 0, sizeof(*n));
	n->why = "";
}

void
newest_load(struct newest *n, const char *dir, uint64_t records)
{
	struct signed_checkpoint before;
	size_t len = note_file_load(dir, n->note, &before);

	/* One of more is for the log to explain (broker/log_restart.h). */
	if (len == 0 || before.checkpoint.size > records)
		return;
	n->len = len;
	n->size = before.checkpoint.size;
}

/* Did this key sign the one before, too?  Also when there was none. */
static bool
is_same_key(const struct newest *n, const struct note_key *key)
{
	struct signed_checkpoint before;
	struct text_error error;

	if (n->ours)
		return n->key == key->id;
	return n->len == 0 ||
	    checkpoint_parse(n->note, n->len, &before, &error) == -1 ||
	    checkpoint_signer(n->note, &before, key, 1, &error) == 0;
}

void
newest_take(struct newest *n, const struct notary *notary)
{
	char vkey[NOTE_VKEY];

	if (!is_same_key(n, &notary->key)) {
		note_key_text(&notary->key, vkey);
		log_warn(
		    "the log is signed by another key than before: %s", vkey);
	}
	n->len = checkpoint_note(
	    &notary->what, &notary->key, notary->signature, n->note);
	n->size = notary->what.size;
	n->ours = true;
	n->wall_us = clock_wall_us();
	n->mono_us = clock_mono_us();
	n->why = notary->why;
	n->key = notary->key.id;
}

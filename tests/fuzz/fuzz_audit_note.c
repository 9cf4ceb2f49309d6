/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a signed checkpoint and as a verifier key: what is taken is
 * written in one way only.
 */
#include "audit/note.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* make_log's key, which signed the corpus. */
static const char vkey[] = "signer1.example.org/countersign+862eb802+"
			   "AcKvrTCnKFoIBBr1zj48Cn9lihlbbbSVGXKkb44uZzLo";

static void
read_note(const char *note, size_t len)
{
	struct signed_checkpoint c;
	char text[CHECKPOINT_TEXT];
	struct text_error err;
	struct note_key key;
	size_t text_len;

	err.what[0] = '\0';
	if (checkpoint_parse(note, len, &c, &err) == -1) {
		if (err.what[0] == '\0')
			abort();
		return;
	}
	text_len = checkpoint_text(&c.checkpoint, text);
	if (c.count == 0 || c.count > NOTE_SIGNERS || c.text_len >= len ||
	    c.text_len < text_len || memcmp(note, text, text_len) != 0 ||
	    note[c.text_len - 1] != '\n' || note[c.text_len] != '\n')
		abort();
	if (note_key_parse(vkey, &key, &err) == -1)
		abort();
	if (checkpoint_signer(note, &c, &key, 1, &err) != -1 &&
	    strcmp(c.checkpoint.origin, key.name) != 0)
		abort();
}

static void
read_key(const char *data, size_t len)
{
	char *text = strndup(data, len), back[NOTE_VKEY];
	struct text_error err;
	struct note_key key;

	if (note_key_parse(text, &key, &err) == 0) {
		note_key_text(&key, back);
		if (strcmp(text, back) != 0)
			abort();
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	read_note((const char *)data, len);
	read_key((const char *)data, len);
	return 0;
}

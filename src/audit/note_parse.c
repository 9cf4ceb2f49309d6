/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading checkpoints, declared in audit/note.h.
 */
#include "audit/note.h"

#include <stdio.h>
#include <string.h>

#include "audit/take.h"
#include "base/cursor.h"

#define DASH "\xe2\x80\x94 "
#define LINE_BYTES (NOTE_MAX / 4 * 3)

/* UTF-8, and of the control characters only LF. */
static bool
is_note_text(const char *note, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)note[i] < ' ' && note[i] != '\n')
			return false;
	return len <= NOTE_MAX && text_is_utf8(note, len);
}

/* Our kind of name; empty for any other. */
static void
read_name(const struct slice *word, char ret[static NOTE_NAME])
{
	ret[0] = '\0';
	if (word->len >= NOTE_NAME)
		return;
	memcpy(ret, word->at, word->len);
	ret[word->len] = '\0';
	if (!note_name_is_good(ret))
		ret[0] = '\0';
}

/* What is signed, and the blank line behind it. */
static const char *
read_text(struct text *t, struct checkpoint *ret)
{
	struct slice line;

	if (!take_line(t, &line))
		return "no origin";
	read_name(&line, ret->origin);
	if (ret->origin[0] == '\0')
		return "the origin is no name";
	if (!take_line(t, &line) || !slice_number(&line, &ret->size))
		return "the size is no number";
	if (!take_line(t, &line) || !slice_hash(&line, ret->root))
		return "the root is no hash";
	do
		if (!take_line(t, &line))
			return "no blank line before the signatures";
	while (line.len > 0);
	return NULL;
}

static const char *
read_signature(struct slice *line, struct note_signature *ret)
{
	uint8_t bytes[LINE_BYTES];
	struct slice word;
	struct reader r;
	size_t len;

	if (!take_prefix(line, DASH))
		return "not a signature's line";
	if (!take_word(line, &word) || memchr(word.at, '+', word.len) != NULL)
		return "the signer is no name";
	read_name(&word, ret->name);
	if (base64_decode(line->at, line->len, bytes, sizeof(bytes), &len) ==
		-1 ||
	    len < 5)
		return "the signature is not base64";
	reader_init(&r, bytes, len);
	ret->id = get_u32(&r);
	ret->len = r.left;
	if (r.left == NOTE_SIGNATURE)
		memcpy(ret->bytes, r.at, r.left);
	return NULL;
}

static const char *
read_signatures(struct text *t, struct signed_checkpoint *ret)
{
	const char *what = NULL;
	struct slice line;

	while (what == NULL && t->left > 0) {
		if (!take_line(t, &line))
			return "a line without its end";
		if (ret->count == NOTE_SIGNERS)
			return "too many signatures";
		what = read_signature(&line, &ret->signature[ret->count++]);
	}
	if (what == NULL && ret->count == 0)
		return "no signature";
	return what;
}

int
checkpoint_parse(const char *note, size_t len, struct signed_checkpoint *ret,
    struct text_error *reterr)
{
	struct text t = { note, len, 0 };
	struct signed_checkpoint read = { 0 };
	const char *what;

	if (!is_note_text(note, len))
		return text_fail(reterr, 0, "not the text of a note");
	if ((what = read_text(&t, &read.checkpoint)) == NULL) {
		read.text_len = len - t.left - 1;
		what = read_signatures(&t, &read);
	}
	if (what != NULL)
		return text_fail(reterr, t.line, "%s", what);
	*ret = read;
	return 0;
}

/* The key of that signature, or NULL. */
static const struct note_key *
find_key(const struct note_signature *s, const char *origin,
    const struct note_key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (s->id == keys[i].id && strcmp(s->name, keys[i].name) == 0 &&
		    strcmp(origin, keys[i].name) == 0)
			return &keys[i];
	return NULL;
}

int
checkpoint_signer(const char *note, const struct signed_checkpoint *c,
    const struct note_key *keys, size_t count, struct text_error *reterr)
{
	const struct note_key *signer = NULL;

	for (size_t i = 0; i < c->count; i++) {
		const struct note_signature *s = &c->signature[i];
		const struct note_key *key =
		    find_key(s, c->checkpoint.origin, keys, count);

		if (key == NULL)
			continue;
		if (s->len != NOTE_SIGNATURE ||
		    note_check(key, note, c->text_len, s->bytes) == -1)
			return text_fail(
			    reterr, 0, "the signature of %s is wrong", s->name);
		if (signer == NULL)
			signer = key;
	}
	if (signer == NULL)
		return text_fail(reterr, 0, "signed by no key that was given");
	return (int)(signer - keys);
}

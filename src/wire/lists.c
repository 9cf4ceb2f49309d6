/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/lists.h"

#include <string.h>

bool
list_words_add(struct list_words *words, const char *word)
{
	size_t size = strlen(word) + 1;

	if (words->count == LISTS_WORDS || size > LISTS_TEXT - words->used)
		return false;
	memcpy(words->text + words->used, word, size);
	words->used += size;
	words->count++;
	return true;
}

const char *
list_words_at(const struct list_words *words, uint16_t i)
{
	const char *at = words->text;

	while (i-- > 0)
		at += strlen(at) + 1;
	return at;
}

static void
words_put(struct writer *w, const struct list_words *words)
{
	const char *at = words->text;

	put_u16(w, words->count);
	for (uint16_t i = 0; i < words->count; i++, at += strlen(at) + 1)
		put_str(w, at);
}

static void
words_get(struct reader *r, struct list_words *ret)
{
	uint16_t count = get_u16(r);

	ret->count = 0;
	ret->used = 0;
	if (count == 0 || count > LISTS_WORDS)
		reader_fail(r);
	while (!r->bad && ret->count < count) {
		if (ret->used == LISTS_TEXT) {
			reader_fail(r);
			return;
		}
		get_str(r, ret->text + ret->used, LISTS_TEXT - ret->used);
		ret->used += strlen(ret->text + ret->used) + 1;
		ret->count++;
	}
	/* What is not there, nobody may look at. */
	if (r->bad || ret->text[0] != '/') {
		reader_fail(r);
		ret->count = 0;
	}
}

static void
digest_get(struct reader *r, struct list_digest *ret)
{
	size_t len;

	get_bytes(r, ret->bytes, sizeof(ret->bytes), &len);
	if (len == 0)
		reader_fail(r);
	ret->len = (uint8_t)len;
}

/* Do the parts fit together? */
static bool
is_sound(const struct lists_query *query)
{
	if (query->count == 0 || query->count > WIRE_BATCH)
		return false;
	return query->kind == LIST_FILE ? query->words.count == 1 :
					  query->count == 1;
}

void
lists_query_put(struct writer *w, const struct lists_query *m)
{
	wire_put_type(w, WIRE_LISTS_QUERY);
	put_u64(w, m->id);
	put_u8(w, (uint8_t)m->kind);
	put_bool(w, m->network);
	put_u32(w, m->timeout_ms);
	words_put(w, &m->words);
	put_u8(w, m->count);
	if (!is_sound(m))
		writer_fail(w);
	for (uint8_t i = 0; i < m->count && !w->bad; i++)
		put_bytes(w, m->digests[i].bytes, m->digests[i].len);
}

bool
lists_query_get(struct reader *r, struct lists_query *ret)
{
	ret->id = get_u64(r);
	ret->kind = (enum list_kind)get_enum(r, LIST_KINDS - 1);
	ret->network = get_bool(r);
	ret->timeout_ms = get_u32(r);
	words_get(r, &ret->words);
	ret->count = get_u8(r);
	if (!is_sound(ret)) {
		reader_fail(r);
		ret->count = 0;
	}
	for (uint8_t i = 0; i < ret->count; i++)
		digest_get(r, &ret->digests[i]);
	return reader_done(r);
}

void
lists_answer_put(struct writer *w, const struct lists_answer *m)
{
	wire_put_type(w, WIRE_LISTS_ANSWER);
	put_u64(w, m->id);
	put_u8(w, m->count);
	if (m->count == 0 || m->count > WIRE_BATCH)
		writer_fail(w);
	for (uint8_t i = 0; i < m->count && !w->bad; i++)
		put_u8(w, (uint8_t)m->listed[i]);
	put_str(w, m->text);
}

bool
lists_answer_get(struct reader *r, struct lists_answer *ret)
{
	ret->id = get_u64(r);
	ret->count = get_enum(r, WIRE_BATCH);
	if (ret->count == 0)
		reader_fail(r);
	for (uint8_t i = 0; i < ret->count; i++)
		ret->listed[i] =
		    (enum list_verdict)get_enum(r, LISTED_COUNT - 1);
	get_str(r, ret->text, sizeof(ret->text));
	return reader_done(r);
}

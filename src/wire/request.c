/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/request.h"

void
accept_reply_put(struct writer *w, const struct accept_reply *m)
{
	wire_put_type(w, WIRE_ACCEPT);
	put_u32(w, m->channel);
	put_u8(w, (uint8_t)m->output);
	put_bool(w, m->check);
	put_bool(w, m->keep_going);
	put_bool(w, m->atomic);
	put_bool(w, m->raw_input);
	put_bool(w, m->greet_if_empty);
	put_bool(w, m->receipt);
	put_bool(w, m->whole);
	put_bool(w, m->at_once);
	put_bool(w, m->agent);
	put_u8(w, (uint8_t)m->extra);
	put_u8(w, (uint8_t)m->hash);
	put_str(w, m->key);
	put_str(w, m->format);
	put_str(w, m->extension);
}

bool
accept_reply_get(struct reader *r, struct accept_reply *ret)
{
	ret->channel = get_u32(r);
	ret->output = (enum output)get_enum(r, OUTPUT_COUNT - 1);
	ret->check = get_bool(r);
	ret->keep_going = get_bool(r);
	ret->atomic = get_bool(r);
	ret->raw_input = get_bool(r);
	ret->greet_if_empty = get_bool(r);
	ret->receipt = get_bool(r);
	ret->whole = get_bool(r);
	ret->at_once = get_bool(r);
	ret->agent = get_bool(r);
	ret->extra = (enum line_extra)get_enum(r, EXTRA_COUNT - 1);
	ret->hash = (enum hash)get_enum(r, HASH_COUNT - 1);
	get_str(r, ret->key, sizeof(ret->key));
	get_str(r, ret->format, sizeof(ret->format));
	get_str(r, ret->extension, sizeof(ret->extension));
	return reader_done(r);
}

/* A head: the channel, and how many items follow. */
static void
head_put(
    struct writer *w, enum wire_type type, uint32_t channel, uint16_t count)
{
	wire_put_type(w, type);
	put_u32(w, channel);
	put_u16(w, count);
}

static bool
head_get(struct reader *r, uint32_t *ret_channel, uint16_t *ret_count)
{
	*ret_channel = get_u32(r);
	*ret_count = get_u16(r);
	if (*ret_count < 1 || *ret_count > WIRE_BATCH)
		reader_fail(r);
	return !r->bad;
}

void
lines_head_put(struct writer *w, const struct lines_head *m)
{
	head_put(w, WIRE_LINES, m->channel, m->count);
}

bool
lines_head_get(struct reader *r, struct lines_head *ret)
{
	return head_get(r, &ret->channel, &ret->count);
}

void
answers_head_put(struct writer *w, const struct answers_head *m)
{
	head_put(w, WIRE_ANSWERS, m->channel, m->count);
}

bool
answers_head_get(struct reader *r, struct answers_head *ret)
{
	return head_get(r, &ret->channel, &ret->count);
}

void
line_put(struct writer *w, const struct line *m)
{
	put_u8(w, (uint8_t)m->hash);
	put_bytes(w, m->digest, m->digest_len);
	put_str(w, m->name);
	/* Rare; and there are many lines. */
	put_bool(w, m->extra_len > 0);
	if (m->extra_len > 0)
		put_bytes(w, m->extra, m->extra_len);
}

bool
line_get(struct reader *r, struct line *ret)
{
	ret->hash = (enum hash)get_enum(r, HASH_COUNT - 1);
	get_bytes(r, ret->digest, sizeof(ret->digest), &ret->digest_len);
	get_str(r, ret->name, sizeof(ret->name));
	ret->extra_len = 0;
	if (get_bool(r)) {
		get_bytes(r, ret->extra, sizeof(ret->extra), &ret->extra_len);
		if (ret->extra_len == 0)
			reader_fail(r);
	}
	if (ret->hash == HASH_NONE ||
	    (ret->digest_len != hash_size(ret->hash) &&
		(ret->digest_len != 0 || ret->extra_len == 0)))
		reader_fail(r);
	return !r->bad;
}

void
answer_put(struct writer *w, const struct answer *m)
{
	put_u8(w, (uint8_t)m->reason);
	if (m->reason != REASON_OK) {
		put_str(w, m->text);
		return;
	}
	put_bytes(w, m->bytes, m->len);
	put_bytes(w, m->receipt, m->receipt_len);
}

bool
answer_get(struct reader *r, struct answer *ret)
{
	ret->reason = (enum reason)get_enum(r, REASON_COUNT - 1);
	ret->bytes = NULL;
	ret->len = 0;
	ret->receipt = NULL;
	ret->receipt_len = 0;
	ret->text[0] = '\0';
	if (ret->reason != REASON_OK) {
		get_str(r, ret->text, sizeof(ret->text));
		return !r->bad;
	}
	ret->bytes = get_view(r, WIRE_ANSWER, &ret->len);
	ret->receipt = get_view(r, WIRE_RECEIPT, &ret->receipt_len);
	return !r->bad;
}

void
text_reply_put(struct writer *w, const struct text_reply *m)
{
	wire_put_type(w, WIRE_TEXT);
	put_u32(w, m->channel);
	put_bool(w, m->to_stderr);
	put_bytes(w, m->bytes, m->len);
}

bool
text_reply_get(struct reader *r, struct text_reply *ret)
{
	ret->channel = get_u32(r);
	ret->to_stderr = get_bool(r);
	ret->bytes = get_view(r, WIRE_CHUNK, &ret->len);
	return reader_done(r);
}

void
text_taken_put(struct writer *w, const struct text_taken *m)
{
	wire_put_type(w, WIRE_TAKEN);
	put_u32(w, m->channel);
	put_u32(w, m->len);
}

bool
text_taken_get(struct reader *r, struct text_taken *ret)
{
	ret->channel = get_u32(r);
	ret->len = get_u32(r);
	return reader_done(r);
}

void
done_reply_put(struct writer *w, const struct done_reply *m)
{
	wire_put_type(w, WIRE_DONE);
	put_u32(w, m->channel);
	put_u8(w, m->exit);
	put_u32(w, m->line);
	put_str(w, m->text);
}

bool
done_reply_get(struct reader *r, struct done_reply *ret)
{
	ret->channel = get_u32(r);
	ret->exit = get_u8(r);
	ret->line = get_u32(r);
	get_str(r, ret->text, sizeof(ret->text));
	return reader_done(r);
}

void
channel_put(struct writer *w, enum wire_type type, uint32_t channel)
{
	wire_put_type(w, type);
	put_u32(w, channel);
}

bool
channel_get(struct reader *r, uint32_t *ret)
{
	*ret = get_u32(r);
	return reader_done(r);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/token.h"

void
token_state_put(struct writer *w, const struct token_state *m)
{
	wire_put_type(w, WIRE_TOKEN_STATE);
	put_u8(w, (uint8_t)m->reason);
	put_bytes(w, m->stamp, m->stamp_len);
	put_str(w, m->label);
	put_str(w, m->serial);
	put_str(w, m->model);
	put_str(w, m->firmware);
	put_str(w, m->text);
}

bool
token_state_get(struct reader *r, struct token_state *ret)
{
	ret->reason = (enum reason)get_enum(r, REASON_COUNT - 1);
	get_bytes(r, ret->stamp, sizeof(ret->stamp), &ret->stamp_len);
	get_str(r, ret->label, sizeof(ret->label));
	get_str(r, ret->serial, sizeof(ret->serial));
	get_str(r, ret->model, sizeof(ret->model));
	get_str(r, ret->firmware, sizeof(ret->firmware));
	get_str(r, ret->text, sizeof(ret->text));
	return reader_done(r);
}

void
key_add_put(struct writer *w, const struct key_add *m)
{
	wire_put_type(w, WIRE_KEY_ADD);
	put_u32(w, m->key);
	put_str(w, m->object);
	put_bool(w, m->allow_extractable);
	put_bool(w, m->allow_short);
}

bool
key_add_get(struct reader *r, struct key_add *ret)
{
	ret->key = get_u32(r);
	get_str(r, ret->object, sizeof(ret->object));
	ret->allow_extractable = get_bool(r);
	ret->allow_short = get_bool(r);
	return reader_done(r);
}

void
key_facts_put(struct writer *w, const struct key_facts *m)
{
	wire_put_type(w, WIRE_KEY_FACTS);
	put_u32(w, m->key);
	put_u8(w, (uint8_t)m->reason);
	put_u8(w, (uint8_t)m->type);
	put_u16(w, m->bits);
	put_u64(w, m->mechs);
	put_u8(w, m->attributes);
	put_bytes(w, m->spki, m->spki_len);
	put_str(w, m->text);
}

bool
key_facts_get(struct reader *r, struct key_facts *ret)
{
	ret->key = get_u32(r);
	ret->reason = (enum reason)get_enum(r, REASON_COUNT - 1);
	ret->type = (enum key_type)get_enum(r, KEY_TYPE_COUNT - 1);
	ret->bits = get_u16(r);
	ret->mechs = get_u64(r);
	ret->attributes = get_enum(r, KEY_ATTRIBUTES);
	get_bytes(r, ret->spki, sizeof(ret->spki), &ret->spki_len);
	get_str(r, ret->text, sizeof(ret->text));
	if (ret->reason == REASON_OK &&
	    (ret->type == KEY_NONE || ret->spki_len == 0))
		reader_fail(r);
	return reader_done(r);
}

void
jobs_head_put(struct writer *w, const struct batch_head *m)
{
	wire_put_type(w, WIRE_JOBS);
	put_u16(w, m->count);
}

void
results_head_put(struct writer *w, const struct batch_head *m)
{
	wire_put_type(w, WIRE_RESULTS);
	put_u16(w, m->count);
}

bool
batch_head_get(struct reader *r, struct batch_head *ret)
{
	ret->count = get_u16(r);
	if (ret->count < 1 || ret->count > WIRE_BATCH)
		reader_fail(r);
	return !r->bad;
}

void
job_put(struct writer *w, const struct job *m)
{
	put_u64(w, m->job);
	put_u32(w, m->key);
	put_u8(w, (uint8_t)m->mech);
	put_u8(w, (uint8_t)m->hash);
	put_bytes(w, m->input, m->len);
}

/* A digest as long as its hash, or for EdDSA a message and no hash. */
static bool
input_fits(const struct job *job)
{
	if (job->mech == MECH_NONE)
		return false;
	if (job->mech == MECH_EDDSA)
		return job->hash == HASH_NONE;
	return job->hash != HASH_NONE && job->len == hash_size(job->hash);
}

bool
job_get(struct reader *r, struct job *ret)
{
	ret->job = get_u64(r);
	ret->key = get_u32(r);
	ret->mech = (enum mech)get_enum(r, MECH_COUNT - 1);
	ret->hash = (enum hash)get_enum(r, HASH_COUNT - 1);
	ret->input = get_view(r, WIRE_INPUT, &ret->len);
	if (!input_fits(ret))
		reader_fail(r);
	return !r->bad;
}

void
job_result_put(struct writer *w, const struct job_result *m)
{
	put_u64(w, m->job);
	put_u8(w, (uint8_t)m->reason);
	put_u32(w, m->us);
	put_bytes(w, m->signature, m->len);
	put_str(w, m->text);
}

bool
job_result_get(struct reader *r, struct job_result *ret)
{
	ret->job = get_u64(r);
	ret->reason = (enum reason)get_enum(r, REASON_COUNT - 1);
	ret->us = get_u32(r);
	ret->signature = get_view(r, WIRE_SIGNATURE, &ret->len);
	get_str(r, ret->text, sizeof(ret->text));
	if ((ret->reason == REASON_OK) != (ret->len > 0))
		reader_fail(r);
	return !r->bad;
}

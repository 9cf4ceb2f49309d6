/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/keeper.h"

void
token_setup_put(struct writer *w, const struct token_setup *m)
{
	wire_put_type(w, WIRE_TOKEN_SETUP);
	put_str(w, m->name);
	put_str(w, m->module);
	put_str(w, m->label);
	put_str(w, m->serial);
	put_str(w, m->pin_file);
	put_bool(w, m->network);
	put_u8(w, m->variables);
	if (m->variables > TOKEN_ENVIRONMENT)
		writer_fail(w);
	for (uint8_t i = 0; i < m->variables && !w->bad; i++)
		put_str(w, m->environment[i]);
}

bool
token_setup_get(struct reader *r, struct token_setup *ret)
{
	get_str(r, ret->name, sizeof(ret->name));
	get_str(r, ret->module, sizeof(ret->module));
	get_str(r, ret->label, sizeof(ret->label));
	get_str(r, ret->serial, sizeof(ret->serial));
	get_str(r, ret->pin_file, sizeof(ret->pin_file));
	ret->network = get_bool(r);
	ret->variables = get_enum(r, TOKEN_ENVIRONMENT);
	for (uint8_t i = 0; i < ret->variables; i++)
		get_str(r, ret->environment[i], sizeof(ret->environment[i]));
	return reader_done(r);
}

void
worker_start_put(struct writer *w, const struct worker_start *m)
{
	wire_put_type(w, WIRE_WORKER_START);
	put_u32(w, m->worker);
	put_str(w, m->token);
	put_bytes(w, m->refused, m->refused_len);
}

bool
worker_start_get(struct reader *r, struct worker_start *ret)
{
	ret->worker = get_u32(r);
	get_str(r, ret->token, sizeof(ret->token));
	get_bytes(r, ret->refused, sizeof(ret->refused), &ret->refused_len);
	return reader_done(r);
}

void
worker_started_put(struct writer *w, const struct worker_started *m)
{
	wire_put_type(w, WIRE_WORKER_STARTED);
	put_u32(w, m->worker);
	put_u32(w, m->pid);
}

bool
worker_started_get(struct reader *r, struct worker_started *ret)
{
	ret->worker = get_u32(r);
	ret->pid = get_u32(r);
	return reader_done(r);
}

void
worker_gone_put(struct writer *w, const struct worker_gone *m)
{
	wire_put_type(w, WIRE_WORKER_GONE);
	put_u32(w, m->worker);
	put_u32(w, m->status);
}

bool
worker_gone_get(struct reader *r, struct worker_gone *ret)
{
	ret->worker = get_u32(r);
	ret->status = get_u32(r);
	return reader_done(r);
}

void
number_put(struct writer *w, enum wire_type type, uint32_t number)
{
	wire_put_type(w, type);
	put_u32(w, number);
}

bool
number_get(struct reader *r, uint32_t *ret)
{
	*ret = get_u32(r);
	return reader_done(r);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/control.h"

void
bare_put(struct writer *w, enum wire_type type)
{
	wire_put_type(w, type);
}

bool
bare_get(struct reader *r)
{
	return reader_done(r);
}

void
session_new_put(struct writer *w, const struct session_new *m)
{
	wire_put_type(w, WIRE_SESSION_NEW);
	put_u64(w, m->connection);
	put_str(w, m->address);
	put_u16(w, m->port);
}

bool
session_new_get(struct reader *r, struct session_new *ret)
{
	ret->connection = get_u64(r);
	get_str(r, ret->address, sizeof(ret->address));
	ret->port = get_u16(r);
	return reader_done(r);
}

void
session_start_put(struct writer *w, const struct session_start *m)
{
	wire_put_type(w, WIRE_SESSION_START);
	put_u64(w, m->connection);
	put_u32(w, m->login_grace_ms);
	put_u32(w, m->idle_ms);
	put_u16(w, m->channels);
	put_u32(w, m->rekey_kib);
	put_u32(w, m->rekey_s);
}

bool
session_start_get(struct reader *r, struct session_start *ret)
{
	ret->connection = get_u64(r);
	ret->login_grace_ms = get_u32(r);
	ret->idle_ms = get_u32(r);
	ret->channels = get_u16(r);
	ret->rekey_kib = get_u32(r);
	ret->rekey_s = get_u32(r);
	return reader_done(r);
}

void
session_gone_put(struct writer *w, const struct session_gone *m)
{
	wire_put_type(w, WIRE_SESSION_GONE);
	put_u64(w, m->connection);
	put_u32(w, m->status);
}

bool
session_gone_get(struct reader *r, struct session_gone *ret)
{
	ret->connection = get_u64(r);
	ret->status = get_u32(r);
	return reader_done(r);
}

void
logged_in_put(struct writer *w, const struct logged_in *m)
{
	wire_put_type(w, WIRE_LOGGED_IN);
	put_u64(w, m->connection);
}

bool
logged_in_get(struct reader *r, struct logged_in *ret)
{
	ret->connection = get_u64(r);
	return reader_done(r);
}

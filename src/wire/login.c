/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/login.h"

void
key_query_put(struct writer *w, const struct key_query *m)
{
	wire_put_type(w, WIRE_KEY_QUERY);
	put_bool(w, m->proven);
	put_str(w, m->user);
	put_bytes(w, m->blob, m->blob_len);
}

bool
key_query_get(struct reader *r, struct key_query *ret)
{
	ret->proven = get_bool(r);
	get_str(r, ret->user, sizeof(ret->user));
	get_bytes(r, ret->blob, sizeof(ret->blob), &ret->blob_len);
	return reader_done(r);
}

void
key_reply_put(struct writer *w, const struct key_reply *m)
{
	wire_put_type(w, WIRE_KEY_REPLY);
	put_bool(w, m->accepted);
	put_bool(w, m->partial);
}

bool
key_reply_get(struct reader *r, struct key_reply *ret)
{
	ret->accepted = get_bool(r);
	ret->partial = get_bool(r);
	if (ret->partial && !ret->accepted)
		reader_fail(r);
	return reader_done(r);
}

void
login_failed_put(struct writer *w, const struct login_failed *m)
{
	wire_put_type(w, WIRE_LOGIN_FAILED);
	put_u8(w, (uint8_t)m->reason);
}

bool
login_failed_get(struct reader *r, struct login_failed *ret)
{
	ret->reason = (enum reason)get_enum(r, REASON_COUNT - 1);
	return reader_done(r);
}

void
logout_put(struct writer *w, const struct logout *m)
{
	wire_put_type(w, WIRE_LOGOUT);
	put_u8(w, (uint8_t)m->reason);
	put_str(w, m->text);
}

bool
logout_get(struct reader *r, struct logout *ret)
{
	ret->reason = (enum reason)get_enum(r, REASON_COUNT - 1);
	get_str(r, ret->text, sizeof(ret->text));
	return reader_done(r);
}

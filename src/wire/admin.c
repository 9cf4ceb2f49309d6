/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/admin.h"

#include "base/text.h"

bool
admin_request_add(struct admin_request *m, const char *arg)
{
	if (m->count >= ADMIN_ARGS ||
	    !text_copy(m->args[m->count], ADMIN_ARG, arg))
		return false;
	m->count++;
	return true;
}

void
admin_request_put(struct writer *w, const struct admin_request *m)
{
	wire_put_type(w, WIRE_ADMIN_REQUEST);
	put_u8(w, (uint8_t)m->verb);
	put_bool(w, m->json);
	put_u8(w, (uint8_t)m->count);
	for (unsigned i = 0; i < m->count; i++)
		put_str(w, m->args[i]);
}

bool
admin_request_get(struct reader *r, struct admin_request *ret)
{
	ret->verb = (enum admin_verb)get_enum(r, ADMIN_VERB_COUNT - 1);
	ret->json = get_bool(r);
	ret->count = get_enum(r, ADMIN_ARGS);
	for (unsigned i = 0; i < ret->count; i++)
		get_str(r, ret->args[i], ADMIN_ARG);
	return reader_done(r);
}

void
admin_reply_put(struct writer *w, const struct admin_reply *m)
{
	wire_put_type(w, WIRE_ADMIN_REPLY);
	put_bool(w, m->last);
	put_u8(w, m->exit);
	put_bool(w, m->to_stderr);
	put_bytes(w, m->bytes, m->len);
}

bool
admin_reply_get(struct reader *r, struct admin_reply *ret)
{
	ret->last = get_bool(r);
	ret->exit = get_u8(r);
	ret->to_stderr = get_bool(r);
	ret->bytes = get_view(r, WIRE_CHUNK, &ret->len);
	return reader_done(r);
}

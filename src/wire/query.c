/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/query.h"

/* X.690, 8.3.2: the first nine bits are not all the same. */
bool
query_is_integer(const uint8_t *at, size_t len)
{
	if (len < 2)
		return len == 1;
	return (at[0] != 0x00 || (at[1] & 0x80) != 0) &&
	    (at[0] != 0xff || (at[1] & 0x80) == 0);
}

void
query_put(struct writer *w, const struct query *m)
{
	put_bool(w, m->null_parameters);
	put_bool(w, m->certificates);
	put_bytes(w, m->policy, m->policy_len);
	put_bytes(w, m->nonce, m->nonce_len);
}

bool
query_get(struct reader *r, struct query *ret)
{
	char text[OID_TEXT];

	ret->null_parameters = get_bool(r);
	ret->certificates = get_bool(r);
	get_bytes(r, ret->policy, sizeof(ret->policy), &ret->policy_len);
	get_bytes(r, ret->nonce, sizeof(ret->nonce), &ret->nonce_len);
	if ((ret->policy_len > 0 &&
		oid_text(ret->policy, ret->policy_len, text) == -1) ||
	    (ret->nonce_len > 0 &&
		!query_is_integer(ret->nonce, ret->nonce_len)))
		reader_fail(r);
	return reader_done(r);
}

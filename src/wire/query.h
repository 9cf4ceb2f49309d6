/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a time-stamp request asks beside its hash and digest (RFC 3161,
 * 2.4.1): the `extra' of its line, EXTRA_QUERY.
 */
#ifndef CS_WIRE_QUERY_H
#define CS_WIRE_QUERY_H

#include "base/cursor.h"
#include "base/oid.h"

#define QUERY_NONCE 32 /* bytes */

struct query {
	bool null_parameters; /* of its hash; else it has none */
	bool certificates; /* certReq */
	/* The identifier's bytes in DER; 0: the signer's choice. */
	uint8_t policy[OID_MAX];
	size_t policy_len;
	/* The INTEGER's bytes in DER, in their one form; 0: none. */
	uint8_t nonce[QUERY_NONCE];
	size_t nonce_len;
};

void query_put(struct writer *, const struct query *);
bool query_get(struct reader *, struct query *ret);
/* Are these the bytes of an INTEGER in its one form? */
bool query_is_integer(const uint8_t *, size_t len);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "format/algorithm.h"

#include "format/der.h"

static const struct {
	const char *hash, *ecdsa;
} oids[HASH_COUNT] = {
	[HASH_SHA256] = { "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2" },
	[HASH_SHA384] = { "2.16.840.1.101.3.4.2.2", "1.2.840.10045.4.3.3" },
	[HASH_SHA512] = { "2.16.840.1.101.3.4.2.3", "1.2.840.10045.4.3.4" },
	[HASH_SHA3_256] = { "2.16.840.1.101.3.4.2.8",
	    "2.16.840.1.101.3.4.3.10" },
	[HASH_SHA3_384] = { "2.16.840.1.101.3.4.2.9",
	    "2.16.840.1.101.3.4.3.11" },
	[HASH_SHA3_512] = { "2.16.840.1.101.3.4.2.10",
	    "2.16.840.1.101.3.4.3.12" },
};

const char *
algorithm_hash(enum hash hash)
{
	return oids[hash].hash;
}

const char *
algorithm_signature(enum key_type type, enum hash hash)
{
	if (type == KEY_RSA)
		return "1.2.840.113549.1.1.1";
	if (type == KEY_P256 || type == KEY_P384 || type == KEY_P521)
		return oids[hash].ecdsa;
	return NULL;
}

static void
put(struct buf *b, const char *oid, bool null)
{
	size_t begun = der_begin(b, DER_SEQUENCE);

	/* "" is none, and marks the buf bad. */
	der_oid(b, oid != NULL ? oid : "");
	if (null)
		der_null(b);
	der_end(b, begun);
}

void
algorithm_put_hash(struct buf *b, enum hash hash)
{
	put(b, algorithm_hash(hash), false);
}

void
algorithm_put_signature(struct buf *b, enum key_type type, enum hash hash)
{
	put(b, algorithm_signature(type, hash), type == KEY_RSA);
}

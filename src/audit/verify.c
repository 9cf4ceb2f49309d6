/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/verify.h"

#include <string.h>

#include "audit/hash.h"

int
record_hash(const char *line, size_t len, char ret[RECORD_HASH])
{
	uint8_t hash[SHA256_LEN];

	if (hash_sha256(line, len, hash) == -1)
		return -1;
	hex_encode(hash, sizeof(hash), ret);
	return 0;
}

void
verifier_init(struct verifier *v, bool from_start)
{
	chain_init(&v->chain);
	v->started = from_start;
	v->from_start = from_start;
	v->records = 0;
}

/* Does a record with this seq and prev follow the chain? */
static int
check_link(const struct chain *chain, uint64_t seq, const char *prev,
    struct text_error *reterr)
{
	uintmax_t here = seq, last = chain->seq;

	if (seq <= chain->seq)
		return text_fail(reterr, 0,
		    "seq %ju: comes after seq %ju: repeated or out of order",
		    here, last);
	if (seq != chain->seq + 1)
		return text_fail(reterr, 0,
		    "seq %ju: comes after seq %ju: %ju missing", here, last,
		    here - last - 1);
	if (strcmp(prev, chain->prev) == 0)
		return 0;
	if (seq == 1)
		return text_fail(reterr, 0, "seq 1: prev must be zeros");
	return text_fail(reterr, 0,
	    "seq %ju: prev is not the hash of seq %ju: one of the two was "
	    "changed",
	    here, last);
}

int
verify_line(
    struct verifier *v, const char *line, size_t len, struct text_error *reterr)
{
	struct chain next;
	char prev[RECORD_HASH];

	if (record_parse(line, len, &next.seq, prev, reterr) == -1)
		return -1;
	/* Seq 1 has nothing before it, wherever the reading starts. */
	if (v->started || next.seq == 1) {
		if (check_link(&v->chain, next.seq, prev, reterr) == -1)
			return -1;
	}
	if (record_hash(line, len, next.prev) == -1)
		return text_fail(reterr, 0, "seq %ju: libcrypto failed",
		    (uintmax_t)next.seq);
	v->chain = next;
	v->started = true;
	v->records++;
	return 0;
}

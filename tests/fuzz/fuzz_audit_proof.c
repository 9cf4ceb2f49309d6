/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a receipt: what is taken is written in one way only, and what
 * verifies is a record at its place.
 */
#include "audit/proof.h"

#include <stdlib.h>
#include <string.h>

#include "audit/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* make_log's key, which signed the corpus. */
static const char vkey[] = "signer1.example.org/countersign+862eb802+"
			   "AcKvrTCnKFoIBBr1zj48Cn9lihlbbbSVGXKkb44uZzLo";

static void
check(const struct tlog_proof *proof)
{
	char prev[RECORD_HASH];
	struct text_error err;
	struct note_key key;
	uint64_t seq;

	err.what[0] = '\0';
	if (note_key_parse(vkey, &key, &err) == -1)
		abort();
	if (proof_check(proof, &key, 1, &err) == -1) {
		if (err.what[0] == '\0')
			abort();
		return;
	}
	if (record_parse(proof->record, proof->record_len, &seq, prev, &err) ==
		-1 ||
	    seq != proof->index + 1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct proof_space space;
	struct tlog_proof proof;
	struct text_error err;
	struct buf again;

	err.what[0] = '\0';
	if (proof_parse((const char *)data, len, &proof, &space, &err) == -1) {
		if (err.what[0] == '\0')
			abort();
		return 0;
	}
	buf_init(&again, PROOF_TEXT_MAX);
	proof_write(&proof, &again);
	if (again.bad || buf_len(&again) != len ||
	    memcmp(buf_at(&again), data, len) != 0)
		abort();
	buf_release(&again);
	check(&proof);
	return 0;
}

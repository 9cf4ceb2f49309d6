/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's agent messages, in pieces whose length the first byte says: what
 * they ask is the same, however they come.
 */
#include <stdlib.h>
#include <string.h>

#include "session/agent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Adds a line of what was asked. */
static void
note(struct buf *log, enum agent_asks asks, const struct agent_request *r)
{
	buf_addf(log, "%d", (int)asks);
	if (asks == AGENT_SIGN) {
		if (r->message.len != hash_size(r->message.hash) ||
		    !sshsig_is_namespace(r->message.namespace))
			abort();
		buf_add(log, r->key, r->key_len);
		buf_adds(log, r->message.namespace);
		buf_add(log, r->message.digest, r->message.len);
	} else if (asks == AGENT_OTHER || asks == AGENT_BROKEN) {
		buf_adds(log, r->what);
	}
}

static void
run(const uint8_t *data, size_t len, size_t piece, struct buf *log)
{
	struct agent_reader a = { 0 };
	enum agent_asks asks = AGENT_NOTHING;
	struct agent_request request;
	char name[NAME_SIZE];
	struct buf in;

	buf_init(&in, (size_t)1 << 20);
	while (len > 0 && asks != AGENT_BROKEN) {
		size_t n = len < piece ? len : piece;

		buf_add(&in, data, n);
		data += n;
		len -= n;
		while (
		    (asks = agent_next(&a, &in, &request)) != AGENT_NOTHING) {
			note(log, asks, &request);
			if (asks == AGENT_BROKEN)
				break;
			if (asks == AGENT_SIGN)
				agent_find(data, len, &request, name);
		}
	}
	buf_release(&in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct buf whole, pieces;

	if (len < 1)
		return 0;
	buf_init(&whole, (size_t)4 << 20);
	buf_init(&pieces, (size_t)4 << 20);
	run(data + 1, len - 1, len, &whole);
	run(data + 1, len - 1, (size_t)data[0] + 1, &pieces);
	if (buf_len(&whole) != buf_len(&pieces) ||
	    (buf_len(&whole) > 0 &&
		memcmp(buf_at(&whole), buf_at(&pieces), buf_len(&whole)) != 0))
		abort();
	buf_release(&whole);
	buf_release(&pieces);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line's extra as a session that lies would write it: there is one way to
 * write each query, and what is in it is DER.
 */
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "wire/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t again[LINE_EXTRA_MAX];
	char text[OID_TEXT];
	struct query query;
	struct reader r;
	struct writer w;

	reader_init(&r, data, len);
	if (!query_get(&r, &query))
		return 0;
	writer_init(&w, again, sizeof(again));
	query_put(&w, &query);
	if (!writer_ok(&w) || w.used != len || memcmp(again, data, len) != 0)
		abort();
	if (query.policy_len > 0 &&
	    oid_text(query.policy, query.policy_len, text) == -1)
		abort();
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A time-stamp request from a stranger.  What is accepted goes through the
 * message to the broker, and is the same behind it.
 */
#include <stdlib.h>
#include <string.h>

#include "session/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t space[LINE_EXTRA_MAX], again[LINE_EXTRA_MAX];
	char what[MESSAGE_SIZE] = "";
	struct time_query query;
	struct query back;
	struct writer w, w2;
	struct reader r;

	if (query_read(data, len, &query, what) == -1) {
		if (what[0] == '\0')
			abort();
		return 0;
	}
	if (query.hash == HASH_NONE || len > QUERY_MAX)
		abort();
	writer_init(&w, space, sizeof(space));
	query_put(&w, &query.more);
	reader_init(&r, space, w.used);
	if (!writer_ok(&w) || !query_get(&r, &back))
		abort();
	writer_init(&w2, again, sizeof(again));
	query_put(&w2, &back);
	if (w2.used != w.used || memcmp(space, again, w.used) != 0)
		abort();
	return 0;
}

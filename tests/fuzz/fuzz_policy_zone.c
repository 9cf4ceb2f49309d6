/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a file of a time zone: a zone that is taken has an offset at
 * every moment, and it changes at no other moments than those that it tells.
 */
#include "policy/zone.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
walk(const struct zone *zone, int64_t at)
{
	for (int i = 0; i < 50; i++) {
		int64_t next = zone_change(zone, at);

		if (next <= at)
			abort();
		if (next == INT64_MAX)
			break;
		if (zone_offset(zone, next - 1) != zone_offset(zone, at))
			abort();
		at = next;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct text_error error = { .what = "" };
	const struct zone *zone;
	struct arena arena;

	arena_init(&arena);
	zone = zone_of_file(&arena, data, len, &error);
	if (zone == NULL && error.what[0] == '\0')
		abort();
	if (zone != NULL) {
		walk(zone, INT64_MIN / 2);
		walk(zone, 0);
		walk(zone, INT64_C(1799046000));
		walk(zone, INT64_C(253402300799));
	}
	arena_release(&arena);
	return 0;
}

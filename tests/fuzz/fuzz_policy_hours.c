/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as hours: what is taken is open at the next opening and at no
 * moment before it.
 */
#include "policy/hours.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
look(const struct hours *hours, int64_t now)
{
	int64_t next = hours_next(hours, now);

	if (hours_now(hours, now) != (next == now))
		abort();
	if (next == 0)
		return;
	if (next < now || !hours_now(hours, next))
		abort();
	for (int64_t at = now; at < next; at += 1 + (next - now) / 100)
		if (hours_now(hours, at))
			abort();
	if (next > now && hours_now(hours, next - 1))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zone_slot slot = { .name = "" };
	struct hours hours = { .text = "", .place = &slot };
	char text[2048], zone[ZONE_NAME_MAX + 1];
	struct text_error error;
	struct arena arena;

	if (len >= sizeof(text))
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	if (hours_cut(text, &hours.week, zone, &error) == -1)
		return 0;
	arena_init(&arena);
	slot.zone = zone_of_text(&arena, zone, &error);
	if (slot.zone != NULL)
		for (int64_t now = 1798761600; now < 1830297600;
		     now += 86400 * 5 + 3601)
			look(&hours, now);
	arena_release(&arena);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "review/pairs.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 1024 /* a power of two */

void
pairs_init(struct pairs *p, size_t max, bool counting)
{
	*p = (struct pairs){ .max = max, .counting = counting };
}

void
pairs_release(struct pairs *p)
{
	free(p->slot);
	free(p->times);
	pairs_init(p, p->max, p->counting);
}

/* Where the pair is, or would be.  Our own numbers: nobody chooses them. */
static size_t
place_of(const struct pairs *p, uint64_t pair)
{
	uint64_t mixed = (pair ^ pair >> 29) * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(mixed ^ mixed >> 32) & (p->size - 1);

	while (p->slot[at] != PAIRS_NONE && p->slot[at] != pair)
		at = (at + 1) & (p->size - 1);
	return at;
}

static bool
sized(struct pairs *p, size_t size)
{
	p->size = size;
	p->slot = malloc(size * sizeof(*p->slot));
	p->times = p->counting ? calloc(size, sizeof(*p->times)) : NULL;
	if (p->slot == NULL || (p->counting && p->times == NULL))
		return false;
	memset(p->slot, 0xff, size * sizeof(*p->slot));
	return true;
}

static bool
grow(struct pairs *p)
{
	struct pairs old = *p;

	if (!sized(p, old.size == 0 ? FIRST_SIZE : 2 * old.size)) {
		free(p->slot);
		free(p->times);
		*p = old;
		return false;
	}
	for (size_t i = 0; i < old.size; i++) {
		size_t at;

		if (old.slot[i] == PAIRS_NONE)
			continue;
		at = place_of(p, old.slot[i]);
		p->slot[at] = old.slot[i];
		if (p->counting)
			p->times[at] = old.times[i];
	}
	free(old.slot);
	free(old.times);
	return true;
}

bool
pairs_add(struct pairs *p, uint32_t a, uint32_t b)
{
	uint64_t pair = (uint64_t)a << 32 | b;
	bool added;
	size_t at;

	if (p->used >= p->size / 4 * 3 && !grow(p)) {
		p->full = true;
		return false;
	}
	at = place_of(p, pair);
	added = p->slot[at] == PAIRS_NONE;
	if (added && p->used == p->max) {
		p->full = true;
		return false;
	}
	p->slot[at] = pair;
	p->used += added;
	if (p->counting && p->times[at] < UINT32_MAX)
		p->times[at]++;
	return added;
}

bool
pairs_next(const struct pairs *p, size_t *at, uint32_t *ret_a, uint32_t *ret_b,
    uint32_t *ret_times)
{
	while (*at < p->size && p->slot[*at] == PAIRS_NONE)
		(*at)++;
	if (*at >= p->size)
		return false;
	*ret_a = (uint32_t)(p->slot[*at] >> 32);
	*ret_b = (uint32_t)p->slot[*at];
	*ret_times = p->counting ? p->times[*at] : 1;
	(*at)++;
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/fault.h"

#include <stdarg.h>
#include <stdio.h>

const char *
fault_word(enum fault_kind kind)
{
	static const char *const words[] = {
		[FAULT_CHANGED] = "changed",
		[FAULT_MISSING] = "missing",
		[FAULT_ORDER] = "order",
		[FAULT_LINE] = "line",
		[FAULT_CHECKPOINT] = "checkpoint",
		[FAULT_KEY] = "key",
		[FAULT_ORIGIN] = "origin",
		[FAULT_FORK] = "fork",
		[FAULT_TRUNCATED] = "truncated",
		[FAULT_UNCHECKED] = "unchecked",
		[FAULT_INTERNAL] = "internal",
	};

	return words[kind];
}

int
fault_set(struct fault *ret, enum fault_kind kind, struct record_place place,
    uint64_t first, uint64_t last, const char *fmt, ...)
{
	va_list args;

	ret->kind = kind;
	ret->first = first;
	ret->last = last;
	ret->place = place;
	va_start(args, fmt);
	vsnprintf(ret->what, sizeof(ret->what), fmt, args);
	va_end(args);
	return -1;
}

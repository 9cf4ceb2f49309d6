/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records as they come, with their chain mended so that more than the first is
 * looked at.
 */
#include "audit/auditor.h"

#include <stdlib.h>
#include <string.h>

#include "audit/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Gives the line the prev that it must have. */
static void
mend(const struct auditor *a, char *line, size_t len)
{
	char *prev = memmem(line, len, " prev=\"", 7);

	if (prev == NULL || a->follower.records == 0 ||
	    (size_t)(line + len - prev) < 7 + RECORD_HASH - 1)
		return;
	memcpy(prev + 7, a->follower.last.hash, RECORD_HASH - 1);
}

static int
audit(struct auditor *a, char *data, size_t len, struct fault *fault)
{
	unsigned number = 0;

	while (len > 0) {
		char *end = memchr(data, '\n', len);
		size_t line = end != NULL ? (size_t)(end - data) : len;
		struct record_place place = { "log", ++number };

		mend(a, data, line);
		if (auditor_record(a, data, line, place, fault) == -1)
			return -1;
		line += end != NULL;
		data += line;
		len -= line;
	}
	return auditor_end(a, fault);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct auditor *a = malloc(sizeof(*a));
	char *copy = malloc(len + 1);
	struct fault fault = { .what = "" };

	if (a == NULL || copy == NULL)
		abort();
	memcpy(copy, data, len);
	auditor_init(a);
	if (audit(a, copy, len, &fault) == -1 && fault.what[0] == '\0')
		abort();
	auditor_release(a);
	free(a);
	free(copy);
	return 0;
}

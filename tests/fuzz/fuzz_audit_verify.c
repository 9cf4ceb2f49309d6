/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as lines of a log, and any bytes as a value of a record: what was
 * written must always verify, on one line.
 */
#include "audit/verify.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
follow(const char *data, size_t len)
{
	struct verifier v;
	struct text_error err;

	verifier_init(&v, false);
	while (len > 0) {
		const char *end = memchr(data, '\n', len);
		size_t line = end != NULL ? (size_t)(end - data) : len;

		if (verify_line(&v, data, line, &err) == -1 &&
		    err.what[0] == '\0')
			abort();
		line += end != NULL;
		data += line;
		len -= line;
	}
}

static void
write_and_follow(const char *data, size_t len)
{
	struct record_origin origin = { "signer1", 812 };
	struct chain chain;
	struct verifier v;
	struct record r;
	struct text_error err;
	char *text = strndup(data, len);

	chain_init(&chain);
	record_begin(&r, EVENT_DENY, &origin, &chain, 1795232243123456);
	record_add_bytes(&r, "name", data, len);
	record_add(&r, "principal", text);
	if (record_finish(&r, &chain, text) == -1)
		abort();
	verifier_init(&v, true);
	if (r.len > RECORD_MAX || r.line[r.len - 1] != '\n' ||
	    verify_line(&v, r.line, r.len - 1, &err) == -1)
		abort();
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	follow((const char *)data, len);
	write_and_follow((const char *)data, len);
	return 0;
}

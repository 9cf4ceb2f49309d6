/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digest lines, cut into arbitrary pieces on their way: the first byte is the
 * size of a piece, the second chooses --hash.  However the input is cut, the
 * same lines must come out.
 */
#include <stdlib.h>
#include <string.h>

#include "session/digests.h"
#include "session/splitter.h"
#include "session/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* A number for everything that came out. */
static uint64_t
mix(uint64_t sum, const void *data, size_t len)
{
	const uint8_t *at = data;

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ at[i]) * 0x100000001b3;
	return sum;
}

static uint64_t
read_line(uint64_t sum, const char *text, size_t len, enum hash given)
{
	char what[MESSAGE_SIZE];
	struct line line;
	enum digest_kind kind = digest_parse(text, len, given, &line, what);

	if (kind == DIGEST_PASS)
		return mix(sum, &kind, sizeof(kind));
	if (kind == DIGEST_LINE &&
	    line.digest_len != (line.extra_len > 0 ? 0 : hash_size(line.hash)))
		abort();
	if (kind == DIGEST_BAD && strlen(what) == 0)
		abort();
	tar_name_ok(line.name, "sig", what);
	sum = mix(sum, line.digest, line.digest_len);
	sum = mix(sum, line.extra, line.extra_len);
	return mix(sum, line.name, strlen(line.name));
}

static uint64_t
run(const uint8_t *data, size_t len, size_t piece, enum hash given)
{
	struct splitter splitter = { 0 };
	struct buf stream;
	uint64_t sum = 0;
	const char *at;
	enum split got;
	size_t n;

	buf_init(&stream, 1 << 20);
	do {
		n = len < piece ? len : piece;
		buf_add(&stream, data, n);
		data += n;
		len -= n;
		while ((got = splitter_next(&splitter, &stream, len == 0, &at,
			    &n)) != SPLIT_MORE)
			if (got == SPLIT_LINE)
				sum = read_line(sum, at, n, given);
	} while (len > 0);
	sum = mix(sum, &splitter.number, sizeof(splitter.number));
	buf_release(&stream);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	enum hash given;

	if (len < 2)
		return 0;
	given = (enum hash)(data[1] % HASH_COUNT);
	if (run(data + 2, len - 2, data[0] + 1u, given) !=
	    run(data + 2, len - 2, len, given))
		abort();
	return 0;
}

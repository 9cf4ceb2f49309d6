/* SPDX-License-Identifier: Apache-2.0 */
/* Only the old interface lets a hash begin elsewhere than at its start. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "format/midstate.h"

#include <openssl/sha.h>
#include <string.h>

#include "base/cursor.h"

/* Its bits, with what may still come, fit SHA-2's 64-bit count. */
#define COUNT_MAX (UINT64_C(1) << 60)
#define WORDS 8

/* A state taken apart. */
struct parts {
	uint64_t word[WORDS];
	uint64_t count;
	const uint8_t *pending;
	size_t pending_len;
};

static size_t
block_of(enum hash hash)
{
	return hash == HASH_SHA256 ? SHA256_CBLOCK : SHA512_CBLOCK;
}

size_t
midstate_size(enum hash hash)
{
	if (hash == HASH_SHA256)
		return WORDS * sizeof(uint32_t);
	if (hash == HASH_SHA384 || hash == HASH_SHA512)
		return WORDS * sizeof(uint64_t);
	return 0;
}

static int
parse(enum hash hash, const uint8_t *state, size_t len, struct parts *ret)
{
	struct reader r;

	if (midstate_size(hash) == 0)
		return -1;
	reader_init(&r, state, len);
	for (size_t i = 0; i < WORDS; i++)
		ret->word[i] = hash == HASH_SHA256 ? get_u32(&r) : get_u64(&r);
	ret->count = get_u64(&r);
	ret->pending = r.at;
	ret->pending_len = r.left;
	if (r.bad || ret->count >= COUNT_MAX ||
	    ret->pending_len != ret->count % block_of(hash))
		return -1;
	return 0;
}

static void
finish_256(const struct parts *p, const void *end, size_t len, uint8_t *ret)
{
	SHA256_CTX ctx;
	uint64_t bits = 8 * (p->count - p->pending_len);

	SHA256_Init(&ctx);
	for (size_t i = 0; i < WORDS; i++)
		ctx.h[i] = (SHA_LONG)p->word[i];
	ctx.Nl = (SHA_LONG)bits;
	ctx.Nh = (SHA_LONG)(bits >> 32);
	SHA256_Update(&ctx, p->pending, p->pending_len);
	SHA256_Update(&ctx, end, len);
	SHA256_Final(ret, &ctx);
}

static void
finish_512(enum hash hash, const struct parts *p, const void *end, size_t len,
    uint8_t *ret)
{
	SHA512_CTX ctx;

	/* They differ in where they begin, and in how much of the end stays. */
	if (hash == HASH_SHA384)
		SHA384_Init(&ctx);
	else
		SHA512_Init(&ctx);
	for (size_t i = 0; i < WORDS; i++)
		ctx.h[i] = p->word[i];
	ctx.Nl = 8 * (p->count - p->pending_len);
	ctx.Nh = 0;
	SHA512_Update(&ctx, p->pending, p->pending_len);
	SHA512_Update(&ctx, end, len);
	SHA512_Final(ret, &ctx);
}

bool
midstate_is_valid(enum hash hash, const uint8_t *state, size_t len)
{
	struct parts p;

	return parse(hash, state, len, &p) == 0;
}

int
midstate_finish(enum hash hash, const uint8_t *state, size_t len,
    const void *end, size_t end_len, uint8_t *ret)
{
	struct parts p;

	if (parse(hash, state, len, &p) == -1)
		return -1;
	if (hash == HASH_SHA256)
		finish_256(&p, end, end_len, ret);
	else
		finish_512(hash, &p, end, end_len, ret);
	return 0;
}

int
midstate_digest(enum hash hash, const uint8_t *state, size_t len, uint8_t *ret)
{
	return midstate_finish(hash, state, len, "", 0, ret);
}

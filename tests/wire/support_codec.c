/* SPDX-License-Identifier: Apache-2.0 */
#include "support_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/channel.h"

static uint8_t whole[CHANNEL_MAX + 1];

size_t
codec_encode(const struct codec *c, const void *m, uint8_t *ret)
{
	struct writer w;
	struct reader r;

	writer_init(&w, whole, CHANNEL_MAX);
	c->put(&w, m);
	assert_true(writer_ok(&w));
	reader_init(&r, whole, w.used);
	if (c->type != WIRE_NONE)
		assert_int_equal(wire_get_type(&r), c->type);
	memmove(ret, r.at, r.left);
	return r.left;
}

bool
codec_decode(const struct codec *c, const uint8_t *bytes, size_t len, void *ret)
{
	struct reader r;

	reader_init(&r, bytes, len);
	return c->get(&r, ret) && reader_done(&r);
}

/* The same on exact copies, where a sanitizer sees one byte too far. */
static bool
accepts(const struct codec *c, const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	void *back = malloc(c->size);
	bool good;

	assert_non_null(copy);
	assert_non_null(back);
	memcpy(copy, bytes, len);
	good = codec_decode(c, copy, len, back);
	free(copy);
	free(back);
	return good;
}

static void
comes_back(const struct codec *c, const uint8_t *bytes, size_t len)
{
	static uint8_t again[CHANNEL_MAX];
	void *back = malloc(c->size);

	assert_non_null(back);
	/* What the getter leaves alone must not matter. */
	memset(back, 0xa5, c->size);
	assert_true(codec_decode(c, bytes, len, back));
	assert_int_equal(codec_encode(c, back, again), len);
	assert_memory_equal(again, bytes, len);
	free(back);
}

static void
needs_its_space(const struct codec *c, const void *m, size_t len)
{
	struct writer w;
	uint8_t *space;

	for (size_t size = 0; size < len; size++) {
		space = malloc(size > 0 ? size : 1);
		assert_non_null(space);
		writer_init(&w, space, size);
		c->put(&w, m);
		assert_false(writer_ok(&w));
		assert_true(w.used <= size);
		free(space);
	}
}

void
codec_holds(const struct codec *c, const void *m)
{
	static uint8_t bytes[CHANNEL_MAX + 1];
	size_t len = codec_encode(c, m, bytes);
	struct reader r;
	void *back;

	comes_back(c, bytes, len);
	for (size_t cut = 0; cut < len; cut++)
		assert_false(accepts(c, bytes, cut));
	bytes[len] = 0;
	assert_false(accepts(c, bytes, len + 1));
	needs_its_space(c, m, len);
	/* Behind a head, or an item, the next one begins. */
	back = malloc(c->size);
	assert_non_null(back);
	reader_init(&r, bytes, len + 1);
	assert_int_equal(c->get(&r, back), c->open);
	if (c->open)
		assert_int_equal(r.left, 1);
	free(back);
}

void
codec_refuses(const struct codec *c, const void *m, size_t at, uint8_t value)
{
	static uint8_t bytes[CHANNEL_MAX];
	size_t len = codec_encode(c, m, bytes);

	assert_true(at < len);
	assert_true(accepts(c, bytes, len));
	bytes[at] = value;
	assert_false(accepts(c, bytes, len));
}

void
codec_refuses_whole(const struct codec *c, const void *m)
{
	static uint8_t bytes[CHANNEL_MAX];
	size_t len = codec_encode(c, m, bytes);

	assert_false(accepts(c, bytes, len));
}

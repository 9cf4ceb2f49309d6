/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every message of src/wire must do, said once: come back as it went,
 * and be refused when cut, when longer, and when its space is too small.
 */
#ifndef CS_TESTS_WIRE_SUPPORT_CODEC_H
#define CS_TESTS_WIRE_SUPPORT_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/type.h"

struct codec {
	enum wire_type type; /* WIRE_NONE: an item, which has none */
	size_t size; /* of its struct */
	bool open; /* more may follow: a head, or an item */
	void (*put)(struct writer *, const void *);
	bool (*get)(struct reader *, void *ret);
};

/* The codec of a message type, item type or head, as name_codec. */
#define CODEC(name, kind, is_open)                                  \
	static void name##_put_any(struct writer *w, const void *m) \
	{                                                           \
		name##_put(w, m);                                   \
	}                                                           \
	static bool name##_get_any(struct reader *r, void *ret)     \
	{                                                           \
		return name##_get(r, ret);                          \
	}                                                           \
	static const struct codec name##_codec = {                  \
		.type = kind,                                       \
		.size = sizeof(struct name),                        \
		.open = is_open,                                    \
		.put = name##_put_any,                              \
		.get = name##_get_any,                              \
	}

/* The message in bytes, without its type: the length. */
size_t codec_encode(const struct codec *, const void *m, uint8_t *ret);
/* Reads len bytes to the end; ret is a struct of the codec's size. */
bool codec_decode(
    const struct codec *, const uint8_t *bytes, size_t len, void *ret);

/* All that the first lines promise, about one good message. */
void codec_holds(const struct codec *, const void *m);
/* Refused with this byte in this place (behind the type). */
void codec_refuses(
    const struct codec *, const void *m, size_t at, uint8_t value);
/* Refused as it is put: some field of it is impossible. */
void codec_refuses_whole(const struct codec *, const void *m);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounded reading and writing of bytes, big-endian.
 *
 * Both cursors are sticky: the first operation that does not fit marks the
 * cursor bad, and every later one is a no-op that yields zero or an empty
 * string.  Callers check once, at the end.
 */
#ifndef CS_BASE_CURSOR_H
#define CS_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader {
	const uint8_t *at;
	size_t left;
	bool bad;
};

struct writer {
	uint8_t *start;
	size_t used;
	size_t size;
	bool bad;
};

void reader_init(struct reader *, const void *data, size_t len);
/* True when nothing failed and nothing is left over. */
bool reader_done(const struct reader *);
/* For a getter that met a value it must not pass on. */
void reader_fail(struct reader *);

uint8_t get_u8(struct reader *);
uint16_t get_u16(struct reader *);
uint32_t get_u32(struct reader *);
uint64_t get_u64(struct reader *);
/* A value of at most max; anything above marks the reader bad. */
uint8_t get_enum(struct reader *, uint8_t max);
bool get_bool(struct reader *);
/*
 * A text of at most size - 1 bytes without a NUL; ret is always terminated.
 * On the wire: u16 length, bytes.
 */
void get_str(struct reader *, char *ret, size_t size);
/* At most size bytes, copied; *ret_len is what came.  Wire: u32, bytes. */
void get_bytes(struct reader *, void *ret, size_t size, size_t *ret_len);
/* The same without a copy: a view into the message, valid as long as it. */
const uint8_t *get_view(struct reader *, size_t max, size_t *ret_len);

/* The next len bytes, a view; NULL, and the reader bad: there are fewer. */
const uint8_t *get_raw(struct reader *, size_t len);

void writer_init(struct writer *, void *space, size_t size);
/* True when everything fitted. */
bool writer_ok(const struct writer *);
/* For a putter that was given a value its getter would not take. */
void writer_fail(struct writer *);

void put_u8(struct writer *, uint8_t);
void put_u16(struct writer *, uint16_t);
void put_u32(struct writer *, uint32_t);
void put_u64(struct writer *, uint64_t);
void put_bool(struct writer *, bool);
void put_str(struct writer *, const char *);
void put_bytes(struct writer *, const void *, size_t);

#endif

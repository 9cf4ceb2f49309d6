/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing run of bytes with a ceiling, for text that is put together and
 * for streams that are cut into lines.  Sticky like the cursors: once an
 * append fails (ceiling or memory), bad is set and stays.
 */
#ifndef CS_BASE_BUF_H
#define CS_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data;
	size_t start; /* the first byte that was not consumed */
	size_t end;
	size_t size;
	size_t max;
	bool bad;
};

void buf_init(struct buf *, size_t max);
void buf_release(struct buf *);
const char *buf_at(const struct buf *);
size_t buf_len(const struct buf *);
void buf_add(struct buf *, const void *, size_t);
void buf_adds(struct buf *, const char *);
void buf_addf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Room for len bytes at the end, to be filled and then counted. */
char *buf_reserve(struct buf *, size_t len);
void buf_commit(struct buf *, size_t len);
void buf_consume(struct buf *, size_t len);
/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void buf_add_json(struct buf *, const void *, size_t len);

#endif

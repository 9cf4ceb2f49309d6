/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locale-free characters, strict numbers, hex and base64.
 *
 * Nothing here accepts leading blanks, signs, trailing text or NUL.
 */
#ifndef CS_BASE_TEXT_H
#define CS_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool char_is_digit(char);
bool char_is_alpha(char);
bool char_is_blank(char); /* space and tab */
bool char_is_print(char); /* 0x20 to 0x7e */

/* A decimal of at most max: 0, or -1. */
int text_number(const char *text, uint64_t max, uint64_t *ret);
/* "30", "30s", "10m", "2h", "1d" as seconds, at most max: 0, or -1. */
int text_duration(const char *text, uint32_t max, uint32_t *ret_s);
/* Bytes: "4096", "512K", "100M", "1G", at most max: 0, or -1. */
int text_size(const char *text, uint64_t max, uint64_t *ret);
/* [A-Za-z0-9][A-Za-z0-9._-]*, at most 63 characters: our names. */
bool text_is_name(const char *);
/* The same, or several with '/' between them; at most 63 characters. */
bool text_is_scoped_name(const char *);
bool text_is_utf8(const void *, size_t len);

/* 2 * len characters and a NUL. */
void hex_encode(const void *, size_t len, char *ret);
/* Exactly len / 2 bytes from len digits of either case: 0, or -1. */
int hex_decode(const char *, size_t len, uint8_t *ret);

#define BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1)
/* Returns the length; ret takes BASE64_SIZE(len).  pad: with '='. */
size_t base64_encode(const void *, size_t len, bool pad, char *ret);
/*
 * Canonical, padded base64 of len characters: 0, or -1.  ret takes size
 * bytes, *ret_len is what came.
 */
int base64_decode(
    const char *, size_t len, uint8_t *ret, size_t size, size_t *ret_len);

/*
 * Copies text for people and logs: printable UTF-8 stays, everything else
 * and the backslash become \xNN.  Always terminated; cut at a whole unit
 * when size is too small.  Returns the length written.
 */
size_t text_escape(const void *, size_t len, char *ret, size_t size);

/*
 * The same in place, for a text that must not grow: '?' for each byte of what
 * is no printable UTF-8.
 */
void text_plain(char *text);

/* Bounded copy: false (and ret empty) when src does not fit. */
bool text_copy(char *ret, size_t size, const char *src);

/* What is wrong with a text, and where: what parsers hand back. */
struct text_error {
	char file[256];
	unsigned line; /* 0: the whole file */
	char what[256];
};

/* Fills *reterr (file is left alone) and returns -1. */
int text_fail(struct text_error *reterr, unsigned line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif

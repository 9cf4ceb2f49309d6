/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcrypto plays the token, and programs of the system verify.
 */
#ifndef CS_TESTS_FORMAT_SUPPORT_FORMAT_H
#define CS_TESTS_FORMAT_SUPPORT_FORMAT_H

#include <openssl/evp.h>

#include "format/proof.h"

enum test_key_index {
	TEST_RSA2048,
	TEST_RSA3072,
	TEST_P256,
	TEST_P384,
	TEST_P521,
	TEST_ED25519,
	TEST_KEYS,
};

struct test_key {
	const char *name;
	enum key_type type;
	uint16_t bits;
	EVP_PKEY *pkey;
	uint8_t *spki;
	struct format_key facts; /* can do everything that its type can */
};

extern struct test_key test_keys[TEST_KEYS];

/* Group setup and teardown for cmocka. */
int test_keys_make(void **state);
int test_keys_free(void **state);

const EVP_MD *test_md(enum hash);
/* What a token answers; ret has room for 2048 bytes. */
size_t test_token_sign(const struct test_key *, enum mech, enum hash over,
    const void *input, size_t len, uint8_t *ret);

/*
 * A line with a digest of a text; the digest is in space, which has room for
 * DIGEST_MAX bytes.
 */
struct format_line test_line(
    enum hash, const char *text, const char *name, uint8_t *space);
/* A making of one line (or more) at a fixed time. */
struct making test_making(const struct test_key *, const struct format_line *);

/*
 * Plans, signs each step and finishes; asserts that both proofs take it.
 * ret is initialised here and released by the caller.  SHAPE_SHARED: only the
 * answer of line making->index.
 */
void test_answer(const struct format *, const struct making *, struct buf *ret);
/* The proofs refuse every answer with one byte changed or cut off. */
void test_refuses_changes(
    const struct format *, const struct making *, const struct buf *answer);

/* A folder of its own as the working directory; and back, all removed. */
void test_dir_enter(void);
void test_dir_leave(void);
void test_write(const char *name, const void *data, size_t len);
/* A shell's command line; its output is shown when it fails.  The status. */
int test_run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif

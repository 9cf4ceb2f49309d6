/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenPGP keys of the test keys, and a folder where gpg, gpgv and sqv know
 * them.
 */
#ifndef CS_TESTS_FORMAT_SUPPORT_OPENPGP_H
#define CS_TESTS_FORMAT_SUPPORT_OPENPGP_H

#include "format/openpgp.h"
#include "format/openpgp_certify.h"
#include "support_format.h"

/* Of each test key. */
extern struct openpgp_key test_openpgp[TEST_KEYS];
/* And its file, with a NUL. */
extern struct buf test_openpgp_file[TEST_KEYS];

/* An armored file; the caller releases it. */
void test_certify(
    const struct test_key *, const struct openpgp_wish *, struct buf *ret);

/* Group setup and teardown: test_keys_make, and their files. */
int test_openpgp_make(void **state);
int test_openpgp_free(void **state);

/*
 * In a folder of its own: key.asc, key.gpg and an empty gpg home with the key;
 * left by test_dir_leave.
 */
void test_openpgp_enter(size_t key);
/* gpg, gpgv and sqv take "signature" (detached of "file" where there is one) */
void test_openpgp_verifies(const char *signature, const char *file);
void test_openpgp_refuses(const char *signature, const char *file);

/* What a client sends of a file: its state and digest, into spaces. */
#define TEST_STATE_MAX 256
struct format_line test_state_line(enum hash, const void *file, size_t len,
    uint8_t *state_space, uint8_t *digest_space);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "review/filehash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char got[HASH_COUNT][DIGEST_TEXT];

static void
put(const char *name, const char *text, size_t times)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	while (times-- > 0)
		fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void
knows_every_hash_of_a_file(void **state)
{
	struct text_error err;

	(void)state;
	put("abc", "abc", 1);
	assert_int_equal(filehash("abc", got, &err), 0);
	assert_string_equal(got[HASH_NONE], "");
	assert_string_equal(got[HASH_SHA256],
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(got[HASH_SHA3_256],
	    "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
	for (int i = HASH_NONE + 1; i < HASH_COUNT; i++)
		assert_int_equal(strlen(got[i]), 2 * hash_size((enum hash)i));
}

static void
reads_files_of_any_size(void **state)
{
	struct text_error err;

	(void)state;
	put("abc", "", 1);
	assert_int_equal(filehash("abc", got, &err), 0);
	assert_memory_equal(got[HASH_SHA256], "e3b0c44298fc1c14", 16);
	/* NIST's million of "a". */
	put("abc", "aaaaaaaaaa", 100000);
	assert_int_equal(filehash("abc", got, &err), 0);
	assert_memory_equal(got[HASH_SHA256], "cdc76e5c9914fb92", 16);
	assert_memory_equal(got[HASH_SHA512], "e718483d0ce76964", 16);
}

static void
says_what_it_cannot_read(void **state)
{
	struct text_error err;

	(void)state;
	assert_int_equal(filehash("missing", got, &err), -1);
	assert_string_equal(err.what, "missing: No such file or directory");
	assert_int_equal(filehash(".", got, &err), -1);
	assert_string_equal(err.what, ".: Is a directory");
}

static char dir[] = "/tmp/filehash.XXXXXX";

static int
set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL ? -1 : chdir(dir);
}

static int
tear_down(void **state)
{
	(void)state;
	unlink("abc");
	return chdir("/") == 0 ? rmdir(dir) : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_every_hash_of_a_file),
		cmocka_unit_test(reads_files_of_any_size),
		cmocka_unit_test(says_what_it_cannot_read),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

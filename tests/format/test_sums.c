/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/sums.c */
#include "support_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/sums.h"

static const char *const names[] = { "fw.bin", "with blanks  in it", "-",
	"back\\slash", "new\nline", "re\rturn", "\xc3\xa4.tar.gz", ") = (",
	"\\\n\r\\", " * ", "it's" };

#define NAMES (sizeof(names) / sizeof(names[0]))
#define TEXT_MAX ((size_t)1 << 16)

static const struct {
	const char *program;
	enum hash hash;
} programs[] = {
	{ "sha256sum", HASH_SHA256 },
	{ "sha384sum", HASH_SHA384 },
	{ "sha512sum", HASH_SHA512 },
};

static void
make_text(enum hash hash, enum sums_form form, struct buf *ret)
{
	static uint8_t space[NAMES][DIGEST_MAX];
	struct format_line lines[NAMES];
	struct making m = { .lines = lines, .count = NAMES };

	for (size_t i = 0; i < NAMES; i++)
		lines[i] = test_line(hash, names[i], names[i], space[i]);
	buf_init(ret, TEXT_MAX);
	assert_int_equal(sums_text(&m, form, ret), 0);
}

/* Files whose content is their own name; "args" lists them for xargs -0. */
static void
make_files(void)
{
	FILE *args = fopen("args", "we");

	assert_non_null(args);
	for (size_t i = 0; i < NAMES; i++) {
		test_write(names[i], names[i], strlen(names[i]));
		assert_int_equal(
		    fwrite(names[i], 1, strlen(names[i]) + 1, args),
		    strlen(names[i]) + 1);
	}
	assert_int_equal(fclose(args), 0);
}

static void
is_what_coreutils_write(void **state)
{
	(void)state;
	test_dir_enter();
	make_files();
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		struct buf text;

		make_text(programs[i].hash, SUMS_GNU, &text);
		test_write("ours", buf_at(&text), buf_len(&text));
		buf_release(&text);
		/* "-" would be standard input. */
		assert_int_equal(
		    test_run("grep -av '  -$' ours >a; xargs -0 %s -- <args | "
			     "grep -av '  -$' >b; cmp a b",
			programs[i].program),
		    0);
		assert_int_equal(
		    test_run("grep -av '  -$' ours | %s -c --strict",
			programs[i].program),
		    0);
		make_text(programs[i].hash, SUMS_BSD, &text);
		test_write("ours", buf_at(&text), buf_len(&text));
		buf_release(&text);
		assert_int_equal(
		    test_run("grep -av '(-)' ours >a; xargs -0 %s --tag -- "
			     "<args | grep -av '(-)' >b; cmp a b",
			programs[i].program),
		    0);
	}
	test_dir_leave();
}

static void
looks_as_the_manual_says(void **state)
{
	uint8_t digest[32] = { 0xab };
	struct format_line line = {
		.hash = HASH_SHA256, .digest = digest, .len = 32, .name = "a\\b"
	};
	struct making m = { .lines = &line, .count = 1 };
	struct buf text;

	(void)state;
	buf_init(&text, TEXT_MAX);
	assert_int_equal(sums_text(&m, SUMS_GNU, &text), 0);
	assert_int_equal(sums_text(&m, SUMS_BSD, &text), 0);
	buf_add(&text, "", 1);
#define ZEROS "00000000000000000000000000000000000000000000000000000000000000"
	assert_string_equal(buf_at(&text),
	    "\\ab" ZEROS "  a\\\\b\n"
	    "\\SHA256 (a\\\\b) = ab" ZEROS "\n");
	buf_release(&text);
}

static void
refuses_what_no_list_has(void **state)
{
	uint8_t digest[DIGEST_MAX] = { 0 };
	const struct format_line bad[] = {
		{ HASH_SHA256, digest, 32, "", NULL, 0 },
		{ HASH_SHA3_256, digest, 32, "name", NULL, 0 },
		{ HASH_NONE, digest, 0, "name", NULL, 0 },
	};
	const struct format_line good = { HASH_SHA512, digest, 64, "name", NULL,
		0 };
	struct making m = { .lines = &good, .count = 1 };
	struct format_line wrong_length = good;
	char text[MESSAGE_SIZE];
	struct buf ret;

	(void)state;
	buf_init(&ret, TEXT_MAX);
	assert_int_equal(sums_fit(&m, text), REASON_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		m.lines = &bad[i];
		assert_int_not_equal(sums_fit(&m, text), REASON_OK);
		assert_int_equal(sums_text(&m, SUMS_GNU, &ret), -1);
		assert_int_equal(sums_text(&m, SUMS_BSD, &ret), -1);
	}
	wrong_length.len = 32;
	m.lines = &wrong_length;
	assert_int_equal(sums_text(&m, SUMS_GNU, &ret), -1);
	m.count = 0;
	assert_int_equal(sums_text(&m, SUMS_GNU, &ret), -1);
	buf_release(&ret);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_what_coreutils_write),
		cmocka_unit_test(looks_as_the_manual_says),
		cmocka_unit_test(refuses_what_no_list_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

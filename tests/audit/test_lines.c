/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/lines.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static void
open_text(struct lines *l, const char *text, size_t len)
{
	int fd = memfd_create("text", MFD_CLOEXEC);

	assert_int_equal(write(fd, text, len), (ssize_t)len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(lines_init(l, fd), 0);
}

static void
close_text(struct lines *l)
{
	close(l->fd);
	lines_release(l);
}

static void
expect(struct lines *l, enum lines_status status, const char *want)
{
	const char *line;
	size_t len;

	assert_int_equal(lines_next(l, &line, &len), status);
	if (want == NULL)
		return;
	assert_int_equal(len, strlen(want));
	assert_memory_equal(line, want, len);
}

static void
gives_each_line_and_its_number(void **state)
{
	struct lines l;

	(void)state;
	open_text(&l, "one\n\nthree\n", 11);
	expect(&l, LINES_OK, "one");
	assert_int_equal(l.number, 1);
	expect(&l, LINES_OK, "");
	expect(&l, LINES_OK, "three");
	assert_int_equal(l.number, 3);
	expect(&l, LINES_END, NULL);
	expect(&l, LINES_END, NULL);
	assert_int_equal(l.number, 3);
	close_text(&l);
}

static void
an_empty_file_has_no_line(void **state)
{
	struct lines l;

	(void)state;
	open_text(&l, "", 0);
	expect(&l, LINES_END, NULL);
	close_text(&l);
}

static void
half_a_line_is_torn(void **state)
{
	struct lines l;

	(void)state;
	open_text(&l, "one\ntw", 6);
	expect(&l, LINES_OK, "one");
	expect(&l, LINES_TORN, "tw");
	assert_int_equal(l.number, 2);
	expect(&l, LINES_END, NULL);
	close_text(&l);
}

/* Half a line when first seen, whole at the second look. */
static void
a_line_that_is_being_written_is_not_torn(void **state)
{
	struct lines l;
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(write(ends[1], "one\ntw", 6), 6);
	assert_int_equal(lines_init(&l, ends[0]), 0);
	expect(&l, LINES_OK, "one");
	assert_int_equal(write(ends[1], "o\n", 2), 2);
	close(ends[1]);
	expect(&l, LINES_OK, "two");
	expect(&l, LINES_END, NULL);
	close_text(&l);
}

static void
lines_across_the_end_of_the_buffer_stay_whole(void **state)
{
	enum {
		LEN = 1000,
		COUNT = 1000
	};
	char *text = malloc(LEN * COUNT);
	struct lines l;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < COUNT; i++) {
		memset(text + i * LEN, 'a' + (char)(i % 26), LEN - 1);
		text[(i + 1) * LEN - 1] = '\n';
	}
	open_text(&l, text, LEN * COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		text[(i + 1) * LEN - 1] = '\0';
		expect(&l, LINES_OK, text + i * LEN);
	}
	expect(&l, LINES_END, NULL);
	close_text(&l);
	free(text);
}

static void
a_line_longer_than_the_buffer_is_told(void **state)
{
	char *text = calloc(1, LINES_SIZE + 2);
	struct lines l;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', LINES_SIZE);
	text[LINES_SIZE] = '\n';
	open_text(&l, text, LINES_SIZE + 1);
	expect(&l, LINES_LONG, NULL);
	close_text(&l);
	text[LINES_SIZE - 1] = '\n';
	open_text(&l, text, LINES_SIZE);
	text[LINES_SIZE - 1] = '\0';
	expect(&l, LINES_OK, text);
	close_text(&l);
	free(text);
}

static void
goes_on_behind_a_line_that_was_too_long(void **state)
{
	size_t len = 3 * LINES_SIZE;
	char *text = malloc(len);
	struct lines l;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len);
	memcpy(text, "one\n", 4);
	memcpy(text + len - 7, "\nthree\n", 7);
	open_text(&l, text, len);
	expect(&l, LINES_OK, "one");
	expect(&l, LINES_LONG, NULL);
	expect(&l, LINES_OK, "three");
	assert_int_equal(l.number, 3);
	expect(&l, LINES_END, NULL);
	close_text(&l);
	free(text);
}

static void
gives_a_line_again(void **state)
{
	struct lines l;

	(void)state;
	open_text(&l, "one\n\nthree\n", 11);
	expect(&l, LINES_OK, "one");
	lines_again(&l, 3);
	expect(&l, LINES_OK, "one");
	assert_int_equal(l.number, 1);
	expect(&l, LINES_OK, "");
	lines_again(&l, 0);
	expect(&l, LINES_OK, "");
	expect(&l, LINES_OK, "three");
	close_text(&l);
}

static void
a_folder_cannot_be_read(void **state)
{
	struct lines l;
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_int_equal(lines_init(&l, fd), 0);
	expect(&l, LINES_ERROR, NULL);
	assert_string_equal(l.why, "Is a directory");
	close_text(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_each_line_and_its_number),
		cmocka_unit_test(an_empty_file_has_no_line),
		cmocka_unit_test(half_a_line_is_torn),
		cmocka_unit_test(a_line_that_is_being_written_is_not_torn),
		cmocka_unit_test(lines_across_the_end_of_the_buffer_stay_whole),
		cmocka_unit_test(a_line_longer_than_the_buffer_is_told),
		cmocka_unit_test(goes_on_behind_a_line_that_was_too_long),
		cmocka_unit_test(gives_a_line_again),
		cmocka_unit_test(a_folder_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

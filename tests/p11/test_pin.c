/* SPDX-License-Identifier: Apache-2.0 */
#include "p11/pin.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static int
file(const char *text, size_t len)
{
	int fd = memfd_create("pin", MFD_CLOEXEC);

	assert_int_equal(write(fd, text, len), len);
	return fd;
}

static void
reads_one_line(void **state)
{
	static const char *const files[] = { "1234", "1234\n", "1234\r\n" };
	struct text_error err;
	char pin[PIN_SIZE];
	size_t len;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		int fd = file(files[i], strlen(files[i]));

		assert_int_equal(pin_read(fd, pin, &len, &err), 0);
		assert_string_equal(pin, "1234");
		assert_int_equal(len, 4);
		/* The position is where it was: others share it. */
		assert_int_equal(lseek(fd, 0, SEEK_CUR), strlen(files[i]));
		close(fd);
	}
}

static void
refuses_what_is_not_one_line(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} bad[] = { { "", 0 }, { "\n", 1 }, { "\r\n", 2 }, { "12\n34", 5 },
		{ "1234\n\n", 6 }, { "\n1234", 5 }, { "12\0\0034", 5 } };
	struct text_error err;
	char pin[PIN_SIZE], zeroes[PIN_SIZE] = "";
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int fd = file(bad[i].text, bad[i].len);

		assert_int_equal(pin_read(fd, pin, &len, &err), -1);
		assert_memory_equal(pin, zeroes, sizeof(pin));
		close(fd);
	}
}

static void
refuses_more_than_a_pin(void **state)
{
	char text[PIN_SIZE], pin[PIN_SIZE];
	struct text_error err;
	size_t len;
	int fd;

	(void)state;
	memset(text, '7', sizeof(text));
	fd = file(text, sizeof(text) - 1);
	assert_int_equal(pin_read(fd, pin, &len, &err), 0);
	assert_int_equal(len, PIN_SIZE - 1);
	close(fd);
	fd = file(text, sizeof(text));
	assert_int_equal(pin_read(fd, pin, &len, &err), -1);
	assert_null(strstr(err.what, "7"));
	close(fd);
}

static void
says_when_the_file_cannot_be_read(void **state)
{
	struct text_error err;
	char pin[PIN_SIZE];
	size_t len;

	(void)state;
	assert_int_equal(pin_read(-1, pin, &len, &err), -1);
	assert_string_equal(err.what, "the PIN file: Bad file descriptor");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_one_line),
		cmocka_unit_test(refuses_what_is_not_one_line),
		cmocka_unit_test(refuses_more_than_a_pin),
		cmocka_unit_test(says_when_the_file_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

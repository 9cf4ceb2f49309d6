/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/gunzip.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "audit/lines.h"

#define PACKED_MAX (1u << 20)

static unsigned char packed[PACKED_MAX];
static size_t packed_len;

/* Adds a gzip member of text to packed. */
static void
pack(const void *text, size_t len)
{
	z_stream z = { 0 };

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8,
			     Z_DEFAULT_STRATEGY),
	    Z_OK);
	z.next_in = (unsigned char *)(uintptr_t)text;
	z.avail_in = (uInt)len;
	z.next_out = packed + packed_len;
	z.avail_out = (uInt)(PACKED_MAX - packed_len);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	packed_len = PACKED_MAX - z.avail_out;
	deflateEnd(&z);
}

static int
memory_file(const void *data, size_t len)
{
	int fd = memfd_create("gz", MFD_CLOEXEC);

	assert_int_equal(write(fd, data, len), (ssize_t)len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* How the first `len' bytes of packed end, after how many whole lines. */
static enum lines_status
read_packed(size_t len, unsigned *ret_lines, const char **ret_why)
{
	enum lines_status status;
	const char *line;
	struct lines l;
	size_t line_len;

	assert_int_equal(lines_init(&l, memory_file(packed, len)), 0);
	do
		status = lines_next(&l, &line, &line_len);
	while (status == LINES_OK);
	*ret_lines = l.number;
	*ret_why = l.why;
	close(l.fd);
	lines_release(&l);
	return status;
}

static void
inflates_lines_of_all_members(void **state)
{
	const char *why;
	unsigned lines;

	(void)state;
	packed_len = 0;
	pack("one\ntw", 6);
	pack("", 0);
	pack("o\nthree\n", 8);
	assert_int_equal(read_packed(packed_len, &lines, &why), LINES_END);
	assert_int_equal(lines, 3);
}

static void
inflates_more_than_its_buffers(void **state)
{
	size_t len = 8 << 20;
	char *text = malloc(len);
	const char *why;
	unsigned lines, seed = 1;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1103515245 + 12345;
		text[i] = i % 100 == 99 ? '\n' : (char)('0' + (seed >> 30));
		if (i < len / 2)
			text[i] = i % 100 == 99 ? '\n' : 'x';
	}
	text[len - 1] = '\n';
	packed_len = 0;
	pack(text, len / 2);
	pack(text + len / 2, len / 4);
	assert_true(packed_len > 128 << 10);
	assert_int_equal(read_packed(packed_len, &lines, &why), LINES_TORN);
	assert_int_equal(lines, (6 << 20) / 100 + 1);
	free(text);
}

static void
tells_every_truncation(void **state)
{
	const char *why;
	unsigned lines;
	size_t first;

	(void)state;
	packed_len = 0;
	pack("one\n", 4);
	first = packed_len;
	pack("two\n", 4);
	for (size_t cut = 2; cut < packed_len; cut++) {
		enum lines_status status = read_packed(cut, &lines, &why);

		if (cut == first) {
			assert_int_equal(status, LINES_END);
			continue;
		}
		assert_int_equal(status, LINES_ERROR);
		assert_string_equal(why, "its compressed data is cut off");
	}
}

static void
tells_damage(void **state)
{
	const char *why;
	unsigned lines;

	(void)state;
	packed_len = 0;
	pack("one\n", 4);
	for (size_t i = packed_len - 8; i < packed_len; i++) {
		packed[i] ^= 1;
		assert_int_equal(
		    read_packed(packed_len, &lines, &why), LINES_ERROR);
		assert_string_equal(why, "its compressed data is damaged");
		packed[i] ^= 1;
	}
	memcpy(packed + packed_len, "garbage", 7);
	assert_int_equal(
	    read_packed(packed_len + 7, &lines, &why), LINES_ERROR);
	assert_string_equal(why, "its compressed data is damaged");
}

static void
a_pipe_may_give_one_byte_at_a_time(void **state)
{
	const char *line, *why = NULL;
	struct lines_gzip *gzip;
	char text[8];
	size_t len;
	struct lines l;
	int ends[2];

	(void)state;
	packed_len = 0;
	pack("one\n", 4);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(write(ends[1], packed, packed_len), packed_len);
	close(ends[1]);
	assert_int_equal(read(ends[0], text, 2), 2);
	assert_true(gunzip_is_gzip(text, 2));
	assert_false(gunzip_is_gzip(text, 1));
	gzip = gunzip_new(ends[0], text, 2);
	assert_non_null(gzip);
	for (int i = 0; i < 4; i++)
		assert_int_equal(gunzip_read(gzip, text + i, 1, &why), 1);
	assert_memory_equal(text, "one\n", 4);
	assert_int_equal(gunzip_read(gzip, text, 1, &why), 0);
	assert_null(why);
	gunzip_free(gzip);
	close(ends[0]);

	assert_int_equal(lines_init(&l, memory_file("\x1f", 1)), 0);
	assert_int_equal(lines_next(&l, &line, &len), LINES_TORN);
	assert_int_equal(len, 1);
	assert_int_equal(lines_next(&l, &line, &len), LINES_END);
	close(l.fd);
	lines_release(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inflates_lines_of_all_members),
		cmocka_unit_test(inflates_more_than_its_buffers),
		cmocka_unit_test(tells_every_truncation),
		cmocka_unit_test(tells_damage),
		cmocka_unit_test(a_pipe_may_give_one_byte_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/verify.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static int
file_of(const void *data, size_t len)
{
	int fd = memfd_create("log", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	return fd;
}

/* count records after chain; returns their length. */
static size_t
make_records(struct chain *chain, size_t count, char *ret)
{
	struct record_origin origin = { "signer1", 812 };
	struct record r;
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		record_begin(
		    &r, EVENT_SIGN, &origin, chain, UINT64_C(1795232243123456));
		record_add(&r, "name", "fw.bin");
		assert_int_equal(record_finish(&r, chain, "signed"), 0);
		memcpy(ret + used, r.line, r.len);
		used += r.len;
	}
	return used;
}

static void
an_empty_file_begins_a_chain(void **state)
{
	struct chain got, first;
	struct text_error err;
	size_t torn = 9;
	int fd = file_of("", 0);

	(void)state;
	chain_init(&first);
	assert_int_equal(chain_resume(fd, &got, &torn, &err), 0);
	assert_int_equal(torn, 0);
	assert_int_equal(got.seq, 0);
	assert_string_equal(got.prev, first.prev);
	close(fd);
}

/* As after a power cut anywhere in the last two records. */
static void
resumes_after_a_cut_at_every_byte(void **state)
{
	char log[8192];
	struct chain at[4], got;
	size_t end[4], torn;
	struct text_error err;
	int fd;

	(void)state;
	chain_init(&at[0]);
	end[0] = 0;
	for (size_t i = 1; i < 4; i++) {
		at[i] = at[i - 1];
		end[i] = end[i - 1] + make_records(&at[i], 1, log + end[i - 1]);
	}
	fd = file_of(log, end[3]);
	for (size_t cut = end[3];; cut--) {
		size_t whole = 3;

		while (end[whole] > cut)
			whole--;
		assert_int_equal(ftruncate(fd, (off_t)cut), 0);
		assert_int_equal(chain_resume(fd, &got, &torn, &err), 0);
		assert_int_equal(torn, cut - end[whole]);
		assert_int_equal(got.seq, at[whole].seq);
		assert_string_equal(got.prev, at[whole].prev);
		if (cut == 0)
			break;
	}
	close(fd);
}

static void
zeros_that_the_disk_left_are_torn(void **state)
{
	char log[300000] = { 0 };
	struct chain chain, got;
	struct text_error err;
	size_t len, torn;
	int fd;

	(void)state;
	chain_init(&chain);
	len = make_records(&chain, 2, log);
	fd = file_of(log, sizeof(log));
	assert_int_equal(chain_resume(fd, &got, &torn, &err), 0);
	assert_int_equal(torn, sizeof(log) - len);
	assert_int_equal(got.seq, 2);
	close(fd);
}

static void
reads_only_the_end_of_a_long_file(void **state)
{
	enum {
		COUNT = 10000
	};
	static char log[COUNT * 300];
	struct chain chain, got;
	struct text_error err;
	size_t len, torn;
	int fd;

	(void)state;
	chain_init(&chain);
	len = make_records(&chain, COUNT, log);
	assert_true(len > 3u << 19);
	/* Whatever stands at the beginning is log verify's business. */
	memset(log, 'x', 5000);
	fd = file_of(log, len);
	assert_int_equal(chain_resume(fd, &got, &torn, &err), 0);
	assert_int_equal(torn, 0);
	assert_int_equal(got.seq, COUNT);
	assert_string_equal(got.prev, chain.prev);
	close(fd);
}

static void
refuse(const char *data, size_t len, const char *what)
{
	struct chain got;
	struct text_error err;
	size_t torn = 77;
	int fd = file_of(data, len);

	got.seq = 77;
	assert_int_equal(chain_resume(fd, &got, &torn, &err), -1);
	assert_non_null(strstr(err.what, what));
	assert_int_equal(got.seq, 77);
	assert_int_equal(torn, 77);
	close(fd);
}

static void
refuses_the_end_of_another_kind_of_file(void **state)
{
	char log[4096];
	struct chain chain;
	size_t len;

	(void)state;
	refuse("root:x:0:0\n", 11, "not a record");
	refuse("no line feed", 12, "not a record's beginning");
	refuse("<8X", 3, "not a record's beginning");
	refuse("\n", 1, "empty line");
	chain_init(&chain);
	len = make_records(&chain, 1, log);
	memcpy(log + len, "junk", 4);
	refuse(log, len + 4, "not a record's beginning");
	memcpy(log + len, "junk\n", 5);
	refuse(log, len + 5, "not a record");
}

static void
refuses_a_mebibyte_without_a_line(void **state)
{
	static char log[(1u << 20) + 1];

	(void)state;
	refuse(log, sizeof(log), "no line ends");
}

static void
refuses_what_is_no_file(void **state)
{
	struct chain got;
	struct text_error err;
	size_t torn;
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)state;
	assert_int_equal(chain_resume(fd, &got, &torn, &err), -1);
	assert_string_equal(err.what, "not a regular file");
	close(fd);
	assert_int_equal(chain_resume(-1, &got, &torn, &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_file_begins_a_chain),
		cmocka_unit_test(resumes_after_a_cut_at_every_byte),
		cmocka_unit_test(zeros_that_the_disk_left_are_torn),
		cmocka_unit_test(reads_only_the_end_of_a_long_file),
		cmocka_unit_test(refuses_the_end_of_another_kind_of_file),
		cmocka_unit_test(refuses_a_mebibyte_without_a_line),
		cmocka_unit_test(refuses_what_is_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

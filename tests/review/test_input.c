/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/review/order.c src/review/source.c */
#include "review/input.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "audit/record.h"

#define RECORDS 9

static char dir[] = "/tmp/reviewinput.XXXXXX";
static char record[RECORDS + 1][RECORD_MAX + 1]; /* by seq, with LF */

static int
set_up(void **state)
{
	struct record_origin origin = { "signer1", 812 };
	struct chain chain;
	struct record r;

	(void)state;
	if (mkdtemp(dir) == NULL || chdir(dir) == -1)
		return -1;
	chain_init(&chain);
	for (size_t i = 1; i <= RECORDS; i++) {
		record_begin(&r, EVENT_SIGN, &origin, &chain,
		    UINT64_C(1795232243123456));
		if (record_finish(&r, &chain, "signed") == -1)
			return -1;
		memcpy(record[i], r.line, r.len);
		record[i][r.len] = '\0';
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return chdir("/") == 0 &&
		system("rm -rf /tmp/reviewinput.??????") == 0 ?
	    0 :
	    -1;
}

/* Digits are records, anything else stands for itself. */
static void
put(const char *name, const char *text)
{
	size_t len = strlen(name);
	bool packed = len > 3 && strcmp(name + len - 3, ".gz") == 0;
	gzFile file = gzopen(name, packed ? "wbe" : "wbTe");

	assert_non_null(file);
	for (; *text != '\0'; text++) {
		if (*text >= '1' && *text <= '9')
			gzputs(file, record[*text - '0']);
		else
			gzputc(file, *text);
	}
	assert_int_equal(gzclose(file), Z_OK);
}

static char seen[600]; /* digits of the records, '!' bad, '~' torn, 'E' error */
static struct input_line last;
static char last_file[256];

static struct input *
open_files(const char *log, const char *names, struct text_error *reterr)
{
	char copy[256], *files[16], *next = copy;
	int count = 0;

	snprintf(copy, sizeof(copy), "%s", names);
	while (next != NULL && *next != '\0')
		files[count++] = strsep(&next, " ");
	return input_open(log, count, files, reterr);
}

static char
letter(enum input_status status)
{
	switch (status) {
	case INPUT_RECORD:
		for (char c = '1'; c <= '9'; c++)
			if (strlen(record[c - '0']) == last.len + 1 &&
			    memcmp(record[c - '0'], last.record, last.len) == 0)
				return c;
		return '?';
	case INPUT_BAD:
		return '!';
	case INPUT_TORN:
		return '~';
	case INPUT_EMPTY:
		return '0';
	case INPUT_ERROR:
		return 'E';
	case INPUT_END:
		break;
	}
	return '\0';
}

/* All that comes out of the files, as letters. */
static const char *
read_all(const char *log, const char *names)
{
	struct text_error err;
	struct input *input = open_files(log, names, &err);
	char *at = seen;

	if (input == NULL) {
		snprintf(seen, sizeof(seen), "%s: %s", err.file, err.what);
		return seen;
	}
	do {
		assert_true(at < seen + sizeof(seen));
		*at = letter(input_next(input, &last));
		snprintf(last_file, sizeof(last_file), "%s", last.file);
	} while (*at++ != '\0');
	input_close(input);
	return seen;
}

static void
gives_files_in_the_order_of_their_records(void **state)
{
	(void)state;
	put("a", "789");
	put("b", "123");
	put("c.gz", "456");
	assert_string_equal(read_all(NULL, "a b c.gz"), "123456789");
	assert_string_equal(read_all(NULL, "c.gz a b"), "123456789");
	assert_string_equal(read_all(NULL, "a"), "789");
	assert_string_equal(last_file, "a");
}

static void
names_file_and_line(void **state)
{
	struct text_error err;
	struct input *input;

	(void)state;
	put("a", "45");
	put("b", "12\n3");
	input = open_files(NULL, "a b", &err);
	assert_int_equal(input_next(input, &last), INPUT_RECORD);
	assert_string_equal(last.file, "b");
	assert_int_equal(last.number, 1);
	for (int i = 0; i < 3; i++)
		input_next(input, &last);
	assert_string_equal(last.file, "b");
	assert_int_equal(last.number, 4);
	input_next(input, &last);
	assert_string_equal(last.file, "a");
	assert_int_equal(last.number, 1);
	input_close(input);
}

static void
a_changed_first_record_moves_no_file(void **state)
{
	(void)state;
	put("a", "{\n56");
	put("b", "123");
	put("c", "189");
	assert_string_equal(read_all(NULL, "c a b"), "123!56189");
}

static void
a_file_with_two_names_is_read_once(void **state)
{
	(void)state;
	put("a", "123");
	put("b", "456");
	assert_int_equal(link("b", "other"), 0);
	assert_string_equal(read_all(NULL, "other a b a"), "123456");
	put("b.gz", "456");
	assert_string_equal(read_all(NULL, "a b.gz b"), "123456");
	unlink("b.gz");
	unlink("other");
	/* Two files of the same records are not one. */
	put("c", "456");
	assert_string_equal(read_all(NULL, "a b c"), "123456456");
}

static void
takes_empty_files(void **state)
{
	(void)state;
	put("a", "");
	put("b", "12");
	assert_string_equal(read_all(NULL, "b a"), "12");
	assert_string_equal(read_all(NULL, "a"), "");
}

static void
goes_on_behind_bad_and_torn_lines(void **state)
{
	(void)state;
	put("a", "1{}\n2<torn");
	put("b", "34");
	assert_string_equal(read_all(NULL, "a b"), "1!2~34");
}

static void
tells_what_cannot_be_read(void **state)
{
	struct stat st;

	(void)state;
	assert_string_equal(
	    read_all(NULL, "missing"), "missing: No such file or directory");
	assert_string_equal(read_all(NULL, "."), "E");
	assert_string_equal(last.why, "Is a directory");
	put("a.gz", "123");
	assert_int_equal(stat("a.gz", &st), 0);
	assert_int_equal(truncate("a.gz", st.st_size - 1), 0);
	assert_string_equal(read_all(NULL, "a.gz"), "123E");
	assert_string_equal(last.why, "its compressed data is cut off");
	assert_string_equal(last_file, "a.gz");
	assert_string_equal(
	    read_all(NULL, "- a.gz"), ": standard input must be alone");
}

/* The caller may hand over the ends of pipes. */
static void
reads_pipes_in_order_too(void **state)
{
	char names[64];
	int a[2], b[2];

	(void)state;
	assert_int_equal(pipe2(a, O_CLOEXEC), 0);
	assert_int_equal(pipe2(b, O_CLOEXEC), 0);
	assert_true(write(a[1], record[3], strlen(record[3])) > 0);
	assert_true(write(a[1], record[4], strlen(record[4])) > 0);
	assert_true(write(b[1], record[1], strlen(record[1])) > 0);
	assert_true(write(b[1], record[2], strlen(record[2])) > 0);
	close(a[1]);
	close(b[1]);
	snprintf(names, sizeof(names), "/dev/fd/%d /dev/fd/%d", a[0], b[0]);
	assert_string_equal(read_all(NULL, names), "1234");
	close(a[0]);
	close(b[0]);
}

static void
reads_standard_input(void **state)
{
	int keep = dup(0), fd;

	(void)state;
	put("a.gz", "123");
	fd = open("a.gz", O_RDONLY | O_CLOEXEC);
	dup2(fd, 0);
	close(fd);
	assert_string_equal(read_all(NULL, "-"), "123");
	dup2(keep, 0);
	close(keep);
}

static void
reads_the_pieces_of_a_log(void **state)
{
	(void)state;
	put("log", "12");
	assert_string_equal(read_all("log", ""), "12");
	put("log.000000000001.gz", "12");
	put("log.000000000003", "345");
	put("log.000000000006", "67");
	put("log.000000000003.gz", "3");
	put("log.000000000003x", "9");
	assert_int_equal(unlink("log"), 0);
	assert_int_equal(link("log.000000000006", "log"), 0);
	assert_string_equal(read_all("log", ""), "1234567");
	/* Another file in the place of the active one is read, too. */
	unlink("log");
	assert_string_equal(read_all("log", ""), "1234567");
	put("log", "66");
	assert_string_equal(read_all("log", ""), "123456766");
	assert_string_equal(
	    read_all("none/log", ""), "none/log: No such file or directory");
	assert_string_equal(read_all("nolog", ""), "E");
	assert_string_equal(last.why, "No such file or directory");
}

static void
tells_what_the_names_of_pieces_say(void **state)
{
	struct text_error err;
	struct input *input;

	(void)state;
	put("e.000000000001", "12");
	put("e.000000000003.gz", "");
	put("e.000000000005", "56");
	put("e.000000000007", "");
	put("e", "");
	assert_string_equal(read_all("e", ""), "120560");
	assert_string_equal(
	    read_all(NULL, "e.000000000001 e.000000000003.gz"), "12");
	input = input_open("e", 0, NULL, &err);
	assert_int_equal(input_next(input, &last), INPUT_RECORD);
	assert_int_equal(last.named, 1);
	assert_int_equal(last.next, 3);
	input_next(input, &last);
	assert_int_equal(input_next(input, &last), INPUT_EMPTY);
	assert_string_equal(last.file, "e.000000000003.gz");
	assert_int_equal(last.named, 3);
	assert_int_equal(last.next, 5);
	input_next(input, &last);
	input_next(input, &last);
	assert_int_equal(input_next(input, &last), INPUT_EMPTY);
	assert_int_equal(last.named, 7);
	assert_int_equal(last.next, 0);
	assert_int_equal(input_next(input, &last), INPUT_END);
	assert_int_equal(last.named, 0);
	input_close(input);
}

static void
a_piece_may_be_compressed_meanwhile(void **state)
{
	struct text_error err;
	struct input *input;

	(void)state;
	put("l.000000000001", "12");
	put("l.000000000003", "345");
	input = input_open("l", 0, NULL, &err);
	assert_int_equal(input_next(input, &last), INPUT_RECORD);
	put("l.000000000003.gz", "345");
	unlink("l.000000000003");
	for (int i = 0; i < 4; i++)
		assert_int_equal(input_next(input, &last), INPUT_RECORD);
	assert_int_equal(input_next(input, &last), INPUT_END);
	input_close(input);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_files_in_the_order_of_their_records),
		cmocka_unit_test(names_file_and_line),
		cmocka_unit_test(a_changed_first_record_moves_no_file),
		cmocka_unit_test(a_file_with_two_names_is_read_once),
		cmocka_unit_test(takes_empty_files),
		cmocka_unit_test(goes_on_behind_bad_and_torn_lines),
		cmocka_unit_test(tells_what_cannot_be_read),
		cmocka_unit_test(reads_pipes_in_order_too),
		cmocka_unit_test(reads_standard_input),
		cmocka_unit_test(reads_the_pieces_of_a_log),
		cmocka_unit_test(tells_what_the_names_of_pieces_say),
		cmocka_unit_test(a_piece_may_be_compressed_meanwhile),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

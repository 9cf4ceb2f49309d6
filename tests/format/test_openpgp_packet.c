/* SPDX-License-Identifier: Apache-2.0 */
#include "format/openpgp_packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
lengths_of_every_size_come_back(void **state)
{
	static const size_t sizes[] = { 0, 1, 191, 192, 193, 8383, 8384,
		70000 };
	uint8_t *body = calloc(1, 70000);

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct reader r, got;
		struct buf b;

		buf_init(&b, 1 << 17);
		packet_add(&b, PACKET_USER_ID, body, sizes[i]);
		reader_init(&r, buf_at(&b), buf_len(&b));
		assert_int_equal(packet_get(&r, &got), PACKET_USER_ID);
		assert_int_equal(got.left, sizes[i]);
		assert_true(reader_done(&r));
		assert_int_equal(packet_get(&r, &got), 0);
		assert_false(r.bad);
		/* One byte less is not enough. */
		reader_init(&r, buf_at(&b), buf_len(&b) - 1);
		assert_int_equal(packet_get(&r, &got), 0);
		assert_true(r.bad);
		assert_int_equal(got.left, 0);
		buf_release(&b);
	}
	free(body);
}

static void
old_heads_are_read(void **state)
{
	static const uint8_t one[] = { 0x98, 0x01, 0x55 };
	static const uint8_t two[] = { 0x99, 0x00, 0x01, 0x55 };
	static const uint8_t four[] = { 0x9a, 0x00, 0x00, 0x00, 0x01, 0x55 };
	static const struct {
		const uint8_t *at;
		size_t len;
	} some[] = { { one, 3 }, { two, 4 }, { four, 6 } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct reader r, got;

		reader_init(&r, some[i].at, some[i].len);
		assert_int_equal(packet_get(&r, &got), PACKET_PUBLIC_KEY);
		assert_int_equal(get_u8(&got), 0x55);
		assert_true(reader_done(&r));
	}
}

static void
assert_no_packet(const uint8_t *bytes, size_t len)
{
	struct reader r, got;

	reader_init(&r, bytes, len);
	assert_int_equal(packet_get(&r, &got), 0);
	assert_true(r.bad);
}

static void
lengths_that_are_none_are_refused(void **state)
{
	static const uint8_t partial[] = { 0xc6, 0xe0, 0x01 };
	static const uint8_t no_end[] = { 0x9b, 0x55, 0x55 };
	static const uint8_t no_tag[] = { 0xc0, 0x01, 0x55 };
	static const uint8_t no_packet[] = { 0x18, 0x01, 0x55 };
	static const uint8_t huge[] = { 0xc6, 0xff, 0xff, 0xff, 0xff, 0xff };

	(void)state;
	assert_no_packet(partial, sizeof(partial));
	assert_no_packet(no_end, sizeof(no_end));
	assert_no_packet(no_tag, sizeof(no_tag));
	assert_no_packet(no_packet, sizeof(no_packet));
	assert_no_packet(huge, sizeof(huge));
	assert_no_packet(huge, 1);
}

static void
numbers_come_back_without_their_zeros(void **state)
{
	static const uint8_t number[] = { 0, 0, 0x01, 0xff };
	uint8_t back[6];
	struct reader r;
	struct buf b;

	(void)state;
	buf_init(&b, 64);
	mpi_add(&b, number, sizeof(number));
	assert_int_equal(buf_len(&b), 4);
	assert_memory_equal(buf_at(&b), "\0\x09\x01\xff", 4);
	reader_init(&r, buf_at(&b), 4);
	mpi_get(&r, back, sizeof(back));
	assert_true(reader_done(&r));
	assert_memory_equal(back, "\0\0\0\0\x01\xff", 6);
	/* It fits no less than it has. */
	reader_init(&r, buf_at(&b), 4);
	mpi_get(&r, back, 1);
	assert_true(r.bad);
	buf_consume(&b, 4);
	mpi_add(&b, number, 2);
	assert_memory_equal(buf_at(&b), "\0\0", 2);
	buf_release(&b);
}

static void
a_number_with_another_length_than_it_says_is_refused(void **state)
{
	static const uint8_t bad[][4] = {
		{ 0, 10, 0x01, 0xff }, /* fewer bits than it says, */
		{ 0, 9, 0x02, 0xff }, /* or more */
		{ 0, 17, 0x01, 0xff }, /* or bytes */
		{ 0, 9, 0x00, 0xff },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint8_t back[8];
		struct reader r;

		reader_init(&r, bad[i], 4);
		mpi_get(&r, back, sizeof(back));
		assert_true(r.bad);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_of_every_size_come_back),
		cmocka_unit_test(old_heads_are_read),
		cmocka_unit_test(lengths_that_are_none_are_refused),
		cmocka_unit_test(numbers_come_back_without_their_zeros),
		cmocka_unit_test(
		    a_number_with_another_length_than_it_says_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

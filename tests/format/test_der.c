/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/format/der.c src/base/der.c */
#include "format/der.h"

#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
is(struct buf *b, const char *want, size_t len)
{
	assert_false(b->bad);
	assert_int_equal(buf_len(b), len);
	assert_memory_equal(buf_at(b), want, len);
	buf_release(b);
}

static void
is_bad(struct buf *b)
{
	assert_true(b->bad);
	buf_release(b);
	b->bad = false;
}

static void
fills_in_lengths_of_every_size(void **state)
{
	static const size_t sizes[] = { 0, 1, 127, 128, 255, 256, 65535,
		65536 };
	uint8_t *content = calloc(1, 65536);

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct buf b;
		const uint8_t *at;
		size_t begun;
		long len;
		int tag, class;

		buf_init(&b, 1 << 20);
		buf_adds(&b, "before");
		begun = der_begin(&b, DER_CONSTRUCTED + 3);
		buf_add(&b, content, sizes[i]);
		der_end(&b, begun);
		assert_false(b.bad);
		at = (const uint8_t *)buf_at(&b) + 6;
		assert_int_equal(ASN1_get_object(&at, &len, &tag, &class,
				     (long)buf_len(&b) - 6),
		    V_ASN1_CONSTRUCTED);
		assert_int_equal(len, sizes[i]);
		assert_int_equal(tag, 3);
		assert_int_equal(class, V_ASN1_CONTEXT_SPECIFIC);
		assert_ptr_equal(
		    at + len, (const uint8_t *)buf_at(&b) + buf_len(&b));
		buf_release(&b);
	}
	free(content);
}

static void
nests(void **state)
{
	struct buf b;
	size_t outer, inner;

	(void)state;
	buf_init(&b, 64);
	outer = der_begin(&b, DER_SEQUENCE);
	der_integer(&b, 1);
	inner = der_begin(&b, DER_CONSTRUCTED);
	der_null(&b);
	der_end(&b, inner);
	der_put(&b, DER_BOOLEAN, "\xff", 1);
	der_put(&b, DER_OCTET_STRING, "ab", 2);
	der_end(&b, outer);
	is(&b,
	    "\x30\x0e\x02\x01\x01\xa0\x02\x05\x00\x01\x01\xff\x04\x02"
	    "ab",
	    16);
}

static void
integers_are_short_and_not_negative(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 64);
	der_integer(&b, 0);
	der_integer(&b, 127);
	der_integer(&b, 128);
	der_integer(&b, 256);
	der_integer(&b, UINT64_MAX);
	is(&b,
	    "\x02\x01\x00\x02\x01\x7f\x02\x02\x00\x80\x02\x02\x01\x00"
	    "\x02\x09\x00\xff\xff\xff\xff\xff\xff\xff\xff",
	    25);
	der_unsigned(&b, (const uint8_t *)"\0\0\x80", 3);
	der_unsigned(&b, NULL, 0);
	is(&b, "\x02\x02\x00\x80\x02\x01\x00", 7);
}

static void
oids_are_as_libcrypto_writes_them(void **state)
{
	static const char *const good[] = { "1.2.840.113549.1.7.2",
		"2.16.840.1.101.3.4.2.1", "1.3.6.1.4.1.311.2.1.4", "0.0",
		"1.39", "2.40", "2.999.3", "1.3.6.1.4.1.4294967295.0" };
	static const char *const bad[] = { "", "1", "1.", ".1", "3.1", "1.40",
		"1.2.", "1..2", "1.02", "1.2.4294967296", "1.2.x", "1.2 ",
		"-1.2", "1.2.3.99999999999999999999" };
	struct buf b;

	(void)state;
	buf_init(&b, 64);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ASN1_OBJECT *oid = OBJ_txt2obj(good[i], 1);
		uint8_t *der = NULL;
		int len = i2d_ASN1_OBJECT(oid, &der);

		assert_true(len > 0);
		der_oid(&b, good[i]);
		is(&b, (char *)der, (size_t)len);
		OPENSSL_free(der);
		ASN1_OBJECT_free(oid);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		der_oid(&b, bad[i]);
		is_bad(&b);
	}
}

static void
times_are_utc_up_to_2049(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 64);
	der_time(&b, 1796083200);
	is(&b,
	    "\x17\x0d"
	    "261201000000Z",
	    15);
	der_time(&b, 2524607999);
	is(&b,
	    "\x17\x0d"
	    "491231235959Z",
	    15);
	der_time(&b, 2524608000);
	is(&b,
	    "\x18\x0f"
	    "20500101000000Z",
	    17);
	der_time(&b, -631152001);
	is(&b,
	    "\x18\x0f"
	    "19491231235959Z",
	    17);
	der_generalized_time(&b, 1796083200);
	is(&b,
	    "\x18\x0f"
	    "20261201000000Z",
	    17);
	der_generalized_time(&b, 253402300799);
	is(&b,
	    "\x18\x0f"
	    "99991231235959Z",
	    17);
	der_generalized_time(&b, 253402300800);
	is_bad(&b);
	der_time(&b, INT64_MIN);
	is_bad(&b);
}

static void
a_set_is_sorted_and_its_values_stay_whole(void **state)
{
	struct buf b;
	size_t begun;

	(void)state;
	buf_init(&b, 64);
	begun = der_begin(&b, DER_SET);
	der_integer(&b, 300);
	der_put(&b, DER_OCTET_STRING, "b", 1);
	der_integer(&b, 2);
	der_put(&b, DER_OCTET_STRING, "a", 1);
	der_integer(&b, 1);
	der_end_set_of(&b, begun);
	is(&b,
	    "\x31\x10\x02\x01\x01\x02\x01\x02\x02\x02\x01\x2c\x04\x01"
	    "a\x04\x01"
	    "b",
	    18);
	begun = der_begin(&b, DER_SET);
	der_end_set_of(&b, begun);
	is(&b, "\x31\x00", 2);
	begun = der_begin(&b, DER_SET);
	buf_adds(&b, "no DER at all");
	der_end_set_of(&b, begun);
	is_bad(&b);
	begun = der_begin(&b, DER_SET);
	for (size_t i = 0; i < 17; i++)
		der_integer(&b, i);
	der_end_set_of(&b, begun);
	is_bad(&b);
}

static void
what_does_not_fit_is_bad(void **state)
{
	struct buf b;

	(void)state;
	for (size_t max = 0; max <= 131; max++) {
		size_t begun;

		buf_init(&b, max);
		begun = der_begin(&b, DER_SEQUENCE);
		for (size_t i = 0; i < 128; i++)
			buf_adds(&b, "x");
		der_end(&b, begun);
		assert_int_equal(b.bad, max < 131);
		buf_release(&b);
	}
	buf_init(&b, 64);
	der_put(&b, 0x1f, "", 0);
	is_bad(&b);
	der_put(&b, 0x101, "", 0);
	is_bad(&b);
	der_end(&b, 0);
	is_bad(&b);
	der_end_set_of(&b, 2);
	is_bad(&b);
}

static void
reads_what_it_wrote(void **state)
{
	static const uint8_t octets[200];
	struct reader r, inner, text;
	struct buf b;
	size_t begun, len;

	(void)state;
	buf_init(&b, 1024);
	begun = der_begin(&b, DER_SEQUENCE);
	der_integer(&b, 5);
	der_put(&b, DER_OCTET_STRING, octets, sizeof(octets));
	der_end(&b, begun);
	reader_init(&r, buf_at(&b), buf_len(&b));
	assert_int_equal(der_peek(&r), DER_SEQUENCE);
	inner = der_get(&r, DER_SEQUENCE);
	assert_true(reader_done(&r));
	assert_int_equal(der_peek(&r), 0);
	der_get_whole(&inner, &len);
	assert_int_equal(len, 3);
	text = der_get(&inner, DER_OCTET_STRING);
	assert_int_equal(text.left, 200);
	assert_true(reader_done(&inner));
	buf_release(&b);
}

static bool
reads(const char *der, size_t len)
{
	struct reader r;
	size_t whole;

	reader_init(&r, der, len);
	der_get_whole(&r, &whole);
	return reader_done(&r) && whole == len;
}

static void
refuses_all_that_is_not_der(void **state)
{
	struct reader r, content;

	(void)state;
	assert_true(reads("\x30\x00", 2));
	assert_false(reads("", 0));
	assert_false(reads("\x30", 1));
	assert_false(reads("\x30\x01", 2));
	assert_false(reads("\x30\x80\x00\x00", 4)); /* indefinite */
	assert_false(reads("\x30\x81\x00", 3)); /* longer than it must be */
	assert_false(reads("\x30\x81\x01\x05", 4));
	assert_false(reads("\x30\x82\x00\x01\x05", 5));
	assert_false(reads("\x30\x84\x00\x00\x00\x01\x05", 7));
	assert_false(reads("\x30\xff", 2));
	assert_false(reads("\x3f\x21\x00", 3)); /* a tag of two bytes */
	reader_init(&r, "\x30\x00\x02\x01\x05", 5);
	content = der_get(&r, DER_SET);
	assert_true(r.bad && content.bad);
	assert_int_equal(content.left, 0);
	assert_int_equal(der_peek(&r), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_in_lengths_of_every_size),
		cmocka_unit_test(nests),
		cmocka_unit_test(integers_are_short_and_not_negative),
		cmocka_unit_test(oids_are_as_libcrypto_writes_them),
		cmocka_unit_test(times_are_utc_up_to_2049),
		cmocka_unit_test(a_set_is_sorted_and_its_values_stay_whole),
		cmocka_unit_test(what_does_not_fit_is_bad),
		cmocka_unit_test(reads_what_it_wrote),
		cmocka_unit_test(refuses_all_that_is_not_der),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

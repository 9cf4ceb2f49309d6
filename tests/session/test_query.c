/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time-stamp requests: as the openssl program writes them, and with one thing
 * in them that we do not answer.
 */
#include "session/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

/* openssl ts -query -data FILE -sha256 -cert */
#define SHA256_NONCE_CERT                                                  \
	"30430201013031300d060960864801650304020105000420"                 \
	"ef2b526f1de87d4bca0fef4e1948aa8c7b3bcb998c8442ff59045f9a616bdf74" \
	"02081336f1b781e7f2040101ff"
/* … -sha512 -tspolicy 1.3.6.1.4.1.32473.1 */
#define SHA512_POLICY                                                      \
	"306b0201013051300d060960864801650304020305000440"                 \
	"a5910c073eefadf148877bd4f22018cc27b23652832dd17a95b3749b539851b6" \
	"146f127fbfbbf86eb0612027ce6a0e13908c528aa18cc5c6a60cd9108ef4a38d" \
	"06092b0601040181fd5901020871e6051e80251c66"
/* … -sha384 -no_nonce */
#define SHA384_BARE                                                        \
	"30460201013041300d060960864801650304020205000430"                 \
	"b7f16684370762d4dda0155bbc283f7b7e9dc20ce1729de72411fc29a5c4c13a" \
	"74200bb06de1d5436ee55b3f433a9981"
/* … -sha3-256 */
#define SHA3_256_NONCE                                                     \
	"30400201013031300d060960864801650304020805000420"                 \
	"af8d66d4fb876f845bf5cbc97d9a4a4bd13e63843f42c5c87735f200b14dc30f" \
	"02084ed90f50276ac8c2"

#define VERSION "020101"
#define HASH "300d06096086480165030402010500"
#define DIGEST \
	"0420ef2b526f1de87d4bca0fef4e1948aa8c7b3bcb998c8442ff59045f9a616bdf74"
#define IMPRINT "3031" HASH DIGEST

static struct time_query query;
static char what[MESSAGE_SIZE];

/* On an exact copy, where a sanitizer sees one byte too far. */
static int
read_bytes(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	int rv;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	what[0] = '\0';
	rv = query_read(copy, len, &query, what);
	assert_int_equal(rv == 0, what[0] == '\0');
	free(copy);
	return rv;
}

static size_t
from_hex(const char *hex, uint8_t *ret)
{
	size_t len = strlen(hex);

	assert_int_equal(hex_decode(hex, len, ret), 0);
	return len / 2;
}

static void
assert_good(const char *hex, enum hash hash)
{
	uint8_t bytes[QUERY_MAX];
	char digest[2 * DIGEST_MAX + 1];
	size_t len = from_hex(hex, bytes);

	memset(&query, 0x5a, sizeof(query));
	if (read_bytes(bytes, len) == -1)
		fail_msg("%s: %s", hex, what);
	assert_int_equal(query.hash, hash);
	hex_encode(query.digest, hash_size(hash), digest);
	assert_non_null(strstr(hex, digest));
}

/* The fields of one SEQUENCE, in hex. */
static void
assert_bad(const char *fields, const char *says)
{
	uint8_t bytes[QUERY_MAX] = { 0x30 };
	size_t len = from_hex(fields, bytes + 2);

	assert_true(len < 0x80);
	bytes[1] = (uint8_t)len;
	if (read_bytes(bytes, len + 2) == 0)
		fail_msg("%s was accepted", fields);
	if (strstr(what, says) == NULL)
		fail_msg("%s says: %s", fields, what);
}

static void
reads_what_openssl_writes(void **state)
{
	char text[OID_TEXT];

	(void)state;
	assert_good(SHA256_NONCE_CERT, HASH_SHA256);
	assert_true(query.more.null_parameters);
	assert_true(query.more.certificates);
	assert_int_equal(query.more.policy_len, 0);
	assert_int_equal(query.more.nonce_len, 8);
	assert_memory_equal(
	    query.more.nonce, "\x13\x36\xf1\xb7\x81\xe7\xf2\x04", 8);
	assert_good(SHA512_POLICY, HASH_SHA512);
	assert_false(query.more.certificates);
	assert_int_equal(
	    oid_text(query.more.policy, query.more.policy_len, text), 0);
	assert_string_equal(text, "1.3.6.1.4.1.32473.1");
	assert_good(SHA384_BARE, HASH_SHA384);
	assert_int_equal(query.more.nonce_len, 0);
	assert_good(SHA3_256_NONCE, HASH_SHA3_256);
}

static void
reads_what_others_write(void **state)
{
	(void)state;
	/* No parameters with the hash. */
	assert_good("3034" VERSION "302f300b0609608648016503040201" DIGEST,
	    HASH_SHA256);
	assert_false(query.more.null_parameters);
	/* certReq FALSE, said aloud. */
	assert_good("3039" VERSION IMPRINT "010100", HASH_SHA256);
	assert_false(query.more.certificates);
	/* A nonce below zero. */
	assert_good("3039" VERSION IMPRINT "0201ff", HASH_SHA256);
	assert_int_equal(query.more.nonce_len, 1);
}

static void
refuses_what_is_not_answered(void **state)
{
	(void)state;
	assert_bad("020102" IMPRINT, "not of version 1");
	assert_bad("02020001" IMPRINT, "not of version 1");
	assert_bad(IMPRINT, "not of version 1");
	assert_bad(VERSION, "no messageImprint");
	assert_bad(VERSION IMPRINT "a003020101", "extensions");
	assert_bad(VERSION IMPRINT "a000", "extensions");
	assert_bad(VERSION IMPRINT "0500", "behind its last field");
	assert_bad(VERSION IMPRINT "0101ff0101ff", "behind its last field");
	/* Fields out of their order. */
	assert_bad(VERSION IMPRINT "0101ff020107", "behind its last field");
	assert_bad(VERSION IMPRINT "0201070602"
				   "2a03",
	    "behind its last field");
}

static void
refuses_other_hashes(void **state)
{
	(void)state;
	/* SHA-1, SHA-224, an arc that goes on, none. */
	assert_bad(VERSION "3021300906052b0e03021a05000414"
			   "0102030405060708090a0b0c0d0e0f1011121314",
	    "another hash than sha256");
	assert_bad(VERSION "3031300d06096086480165030402040500" DIGEST,
	    "another hash than sha256");
	assert_bad(VERSION "3032300e060a608648016503040201010500" DIGEST,
	    "another hash than sha256");
	assert_bad(VERSION "30243000" DIGEST, "names no hash");
	assert_bad(VERSION "3034301006096086480165030402013003020101" DIGEST,
	    "has parameters");
	assert_bad(VERSION "3032300e0609608648016503040201050100" DIGEST,
	    "has parameters");
	assert_bad(VERSION "3033300f060960864801650304020105000500" DIGEST,
	    "has parameters");
	/* The digest of another one, or with more behind it. */
	assert_bad(VERSION "3031300d06096086480165030402020500" DIGEST,
	    "not of its hash");
	assert_bad(VERSION "3033" HASH DIGEST "0500", "not of its hash");
	assert_bad(VERSION "300f" HASH, "not of its hash");
}

static void
refuses_fields_that_are_no_der(void **state)
{
	(void)state;
	assert_bad(VERSION IMPRINT "0600", "reqPolicy");
	assert_bad(VERSION IMPRINT "06022a80", "reqPolicy");
	assert_bad(VERSION IMPRINT
	    "0629"
	    "2a0101010101010101010101010101010101010101010101010101010101"
	    "010101010101010101010101",
	    "reqPolicy");
	assert_bad(VERSION IMPRINT "0200", "no number in DER");
	assert_bad(VERSION IMPRINT "0202007f", "no number in DER");
	assert_bad(VERSION IMPRINT "0202ffff", "no number in DER");
	assert_bad(VERSION IMPRINT "0221"
				   "01010101010101010101010101010101"
				   "01010101010101010101010101010101"
				   "01",
	    "more than 32 bytes");
	assert_bad(VERSION IMPRINT "010101", "certReq");
	assert_bad(VERSION IMPRINT "0100", "certReq");
	assert_bad(VERSION IMPRINT "0102ff00", "certReq");
	/* A length that could be shorter, and one without an end. */
	assert_bad(VERSION "813130" HASH DIGEST, "messageImprint");
	assert_bad(VERSION "308131" HASH DIGEST, "messageImprint");
	assert_bad(VERSION "30820031" HASH DIGEST, "messageImprint");
	assert_bad(VERSION "3080" HASH DIGEST "0000", "messageImprint");
	assert_bad(VERSION "3083000031" HASH DIGEST, "messageImprint");
}

static void
refuses_every_truncation_and_one_byte_more(void **state)
{
	uint8_t bytes[QUERY_MAX];
	size_t len = from_hex(SHA512_POLICY, bytes);

	(void)state;
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(read_bytes(bytes, cut), -1);
	bytes[len] = 0;
	assert_int_equal(read_bytes(bytes, len + 1), -1);
	assert_non_null(strstr(what, "not one SEQUENCE"));
}

static void
refuses_nothing_and_too_much(void **state)
{
	static uint8_t bytes[QUERY_MAX + 1];

	(void)state;
	assert_int_equal(read_bytes(bytes, 0), -1);
	assert_non_null(strstr(what, "standard input is empty"));
	assert_int_equal(read_bytes(bytes, sizeof(bytes)), -1);
	assert_non_null(strstr(what, "longer than 4096 bytes"));
	/* As long as it may be, and DER: it is read, and refused. */
	memcpy(bytes, "\x30\x82\x0f\xfc", 4);
	assert_int_equal(read_bytes(bytes, QUERY_MAX), -1);
	assert_non_null(strstr(what, "version 1"));
}

static void
goes_to_the_broker_as_a_line(void **state)
{
	uint8_t bytes[QUERY_MAX];
	size_t len = from_hex(SHA512_POLICY, bytes);
	struct line line;
	struct query back;
	struct reader r;

	(void)state;
	memset(&line, 0x5a, sizeof(line));
	assert_int_equal(query_line(bytes, len, &line, what), 0);
	assert_int_equal(line.hash, HASH_SHA512);
	assert_int_equal(line.digest_len, 64);
	assert_memory_equal(line.digest, bytes + 24, 64);
	assert_string_equal(line.name, "");
	reader_init(&r, line.extra, line.extra_len);
	assert_true(query_get(&r, &back));
	assert_int_equal(back.policy_len, 9);
	assert_int_equal(back.nonce_len, 8);
	assert_int_equal(query_line(bytes, len - 1, &line, what), -1);
}

static void
leaves_its_result_alone_when_it_refuses(void **state)
{
	(void)state;
	memset(&query, 0x5a, sizeof(query));
	assert_bad(VERSION IMPRINT "0500", "behind");
	for (size_t i = 0; i < sizeof(query); i++)
		assert_int_equal(((const uint8_t *)&query)[i], 0x5a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_openssl_writes),
		cmocka_unit_test(reads_what_others_write),
		cmocka_unit_test(refuses_what_is_not_answered),
		cmocka_unit_test(refuses_other_hashes),
		cmocka_unit_test(refuses_fields_that_are_no_der),
		cmocka_unit_test(refuses_every_truncation_and_one_byte_more),
		cmocka_unit_test(refuses_nothing_and_too_much),
		cmocka_unit_test(goes_to_the_broker_as_a_line),
		cmocka_unit_test(leaves_its_result_alone_when_it_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

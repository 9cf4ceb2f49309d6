/* SPDX-License-Identifier: Apache-2.0 */
#include "format/openpgp_armor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* As gpg --enarmor has it. */
#define GOOD                              \
	"-----BEGIN PGP SIGNATURE-----\n" \
	"\n"                              \
	"AAECAw==\n"                      \
	"=tNdC\n"                         \
	"-----END PGP SIGNATURE-----\n"

static int
read_text(const char *text, struct buf *ret)
{
	buf_init(ret, 4096);
	return armor_read(text, strlen(text), ARMOR_SIGNATURE, ret);
}

static void
assert_broken(const char *text)
{
	struct buf ret;

	if (read_text(text, &ret) == 0)
		fail_msg("taken: %s", text);
	buf_release(&ret);
}

static void
assert_same(const char *text)
{
	struct buf ret;

	if (read_text(text, &ret) == -1)
		fail_msg("not taken: %s", text);
	assert_int_equal(buf_len(&ret), 4);
	assert_memory_equal(buf_at(&ret), "\0\1\2\3", 4);
	buf_release(&ret);
}

static void
what_is_written_is_read_for_every_length(void **state)
{
	uint8_t bytes[200];
	struct buf text, back;

	(void)state;
	for (size_t len = 1; len <= sizeof(bytes); len++) {
		bytes[len - 1] = (uint8_t)(len * 37);
		buf_init(&text, 4096);
		buf_init(&back, 4096);
		armor_add(&text, ARMOR_KEY, bytes, len);
		assert_false(text.bad);
		assert_int_equal(
		    armor_read(buf_at(&text), buf_len(&text), ARMOR_KEY, &back),
		    0);
		assert_int_equal(buf_len(&back), len);
		assert_memory_equal(buf_at(&back), bytes, len);
		/* Of another kind it is not. */
		assert_int_equal(armor_read(buf_at(&text), buf_len(&text),
				     ARMOR_SIGNATURE, &back),
		    -1);
		buf_release(&text);
		buf_release(&back);
	}
}

static void
the_text_is_as_gpg_writes_it(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 4096);
	armor_add(&text, ARMOR_SIGNATURE, "\0\1\2\3", 4);
	buf_add(&text, "", 1);
	assert_string_equal(buf_at(&text), GOOD);
	buf_release(&text);
}

static void
what_others_write_is_read(void **state)
{
	(void)state;
	assert_same(GOOD);
	/* No checksum, headers, CRLF, blanks, and a text around it. */
	assert_same("-----BEGIN PGP SIGNATURE-----\n\nAAECAw==\n"
		    "-----END PGP SIGNATURE-----");
	assert_same("hello\n-----BEGIN PGP SIGNATURE-----\r\n"
		    "Version: 1\r\nComment: none\r\n\r\nAAEC\r\nAw==\r\n"
		    "=tNdC\r\n-----END PGP SIGNATURE-----\r\nbye\n");
	assert_same("-----BEGIN PGP SIGNATURE----- \n \t\nAAECAw== \n"
		    "-----END PGP SIGNATURE-----\n");
}

static void
what_is_broken_is_not(void **state)
{
	(void)state;
	assert_broken("");
	for (size_t cut = 0; cut + 1 < strlen(GOOD); cut++) {
		char text[256];

		memcpy(text, GOOD, cut);
		text[cut] = '\0';
		assert_broken(text);
	}
	/* Another checksum, two of them, none where one begins. */
	assert_broken("-----BEGIN PGP SIGNATURE-----\n\nAAECAw==\n=tNdD\n"
		      "-----END PGP SIGNATURE-----\n");
	assert_broken("-----BEGIN PGP SIGNATURE-----\n\nAAECAw==\n=tNdC\n"
		      "=tNdC\n-----END PGP SIGNATURE-----\n");
	assert_broken("-----BEGIN PGP SIGNATURE-----\n\nAAECAw==\n=\n"
		      "-----END PGP SIGNATURE-----\n");
	/* No empty line, an empty one inside, no base64, another end. */
	assert_broken("-----BEGIN PGP SIGNATURE-----\nAAECAw==\n"
		      "-----END PGP SIGNATURE-----\n");
	assert_broken("-----BEGIN PGP SIGNATURE-----\n\nAAEC\n\nAw==\n"
		      "-----END PGP SIGNATURE-----\n");
	assert_broken("-----BEGIN PGP SIGNATURE-----\n\nAAECAw=\n"
		      "-----END PGP SIGNATURE-----\n");
	assert_broken("-----BEGIN PGP SIGNATURE-----\n\nAAEC*w==\n"
		      "-----END PGP SIGNATURE-----\n");
	assert_broken("-----BEGIN PGP SIGNATURE-----\n\nAAECAw==\n"
		      "-----END PGP MESSAGE-----\n");
	assert_broken("-----BEGIN PGP SIGNATURE----\n\nAAECAw==\n"
		      "-----END PGP SIGNATURE-----\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_for_every_length),
		cmocka_unit_test(the_text_is_as_gpg_writes_it),
		cmocka_unit_test(what_others_write_is_read),
		cmocka_unit_test(what_is_broken_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

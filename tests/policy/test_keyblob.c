/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/keyblob.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"

static uint8_t space[4096];

/* The wire form of up to three fields. */
struct field {
	const void *data;
	size_t len;
};

static size_t
blob_of(const struct field *fields, size_t count)
{
	struct writer w;

	writer_init(&w, space, sizeof(space));
	for (size_t i = 0; i < count; i++)
		put_bytes(&w, fields[i].data, fields[i].len);
	assert_true(writer_ok(&w));
	return w.used;
}

static const uint8_t zeros[2048];

static size_t
ed25519(const char *type, size_t key_len)
{
	const struct field f[] = { { type, strlen(type) }, { zeros, key_len } };

	return blob_of(f, 2);
}

static size_t
ecdsa(const char *type, const char *curve, size_t len, uint8_t form)
{
	uint8_t point[200] = { form };
	const struct field f[] = { { type, strlen(type) },
		{ curve, strlen(curve) }, { point, len } };

	return blob_of(f, 3);
}

/* A modulus of so many bytes whose first is top, after a zero if asked. */
static size_t
rsa(const char *e, size_t e_len, uint8_t top, size_t len, bool zero, bool odd)
{
	uint8_t n[2050] = { 0 };
	const struct field f[] = { { "ssh-rsa", 7 }, { e, e_len },
		{ n, len + zero } };

	n[zero] = top;
	n[len + zero - 1] |= odd;
	return blob_of(f, 3);
}

static void
assert_good(const char *type, size_t len)
{
	struct text_error error;

	assert_int_equal(keyblob_check(type, space, len, &error), 0);
}

static void
assert_bad(const char *type, size_t len, const char *what)
{
	struct text_error error;

	assert_int_equal(keyblob_check(type, space, len, &error), -1);
	assert_string_equal(error.what, what);
}

static void
takes_every_type_that_is_listed(void **state)
{
	const struct field sk[] = { { "sk-ssh-ed25519@openssh.com", 26 },
		{ zeros, 32 }, { "ssh:", 4 } };

	(void)state;
	assert_good("ssh-ed25519", ed25519("ssh-ed25519", 32));
	assert_good("ecdsa-sha2-nistp256",
	    ecdsa("ecdsa-sha2-nistp256", "nistp256", 65, 4));
	assert_good("ecdsa-sha2-nistp384",
	    ecdsa("ecdsa-sha2-nistp384", "nistp384", 97, 4));
	assert_good("ecdsa-sha2-nistp521",
	    ecdsa("ecdsa-sha2-nistp521", "nistp521", 133, 4));
	assert_good("ssh-rsa", rsa("\1\0\1", 3, 0x80, 256, true, true));
	assert_good("ssh-rsa", rsa("\3", 1, 0x80, 512, true, true));
	assert_good("sk-ssh-ed25519@openssh.com", blob_of(sk, 3));
}

static void
refuses_every_truncation_and_one_byte_more(void **state)
{
	size_t len = ecdsa("ecdsa-sha2-nistp256", "nistp256", 65, 4);
	struct text_error error;

	(void)state;
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(
		    keyblob_check("ecdsa-sha2-nistp256", space, cut, &error),
		    -1);
	space[len] = 0;
	assert_bad(
	    "ecdsa-sha2-nistp256", len + 1, "bytes are left over in the key");
}

static void
refuses_a_blob_of_another_type(void **state)
{
	(void)state;
	assert_bad("ssh-ed25519", rsa("\3", 1, 0x80, 256, true, true),
	    "the key's inside is of another type than ssh-ed25519");
	assert_bad("ecdsa-sha2-nistp256",
	    ecdsa("ecdsa-sha2-nistp256", "nistp384", 97, 4),
	    "the curve inside the key is not nistp256");
}

static void
refuses_malformed_points(void **state)
{
	static const char type[] = "ecdsa-sha2-nistp256";

	(void)state;
	assert_bad(type, ecdsa(type, "nistp256", 64, 4),
	    "the key's point is malformed");
	assert_bad(type, ecdsa(type, "nistp256", 65, 2),
	    "the key's point is malformed");
	assert_bad("ssh-ed25519", ed25519("ssh-ed25519", 31),
	    "the key must be 32 bytes");
	assert_bad("ssh-ed25519", ed25519("ssh-ed25519", 33),
	    "the key must be 32 bytes");
}

static void
refuses_rsa_that_is_short_or_malformed(void **state)
{
	(void)state;
	assert_bad("ssh-rsa", rsa("\3", 1, 0x7f, 256, false, true),
	    "an RSA key of 2047 bits: 2048 to 16384 are accepted");
	assert_bad("ssh-rsa", rsa("\3", 1, 0x80, 128, true, true),
	    "an RSA key of 1024 bits: 2048 to 16384 are accepted");
	assert_bad("ssh-rsa", rsa("\3", 1, 0x01, 2049, false, true),
	    "an RSA key of 16385 bits: 2048 to 16384 are accepted");
}

static void
refuses_integers_that_are_not_minimal(void **state)
{
	(void)state;
	assert_bad("ssh-rsa", rsa("\3", 1, 0x80, 256, false, true),
	    "the RSA modulus is malformed");
	assert_bad("ssh-rsa", rsa("\3", 1, 0x40, 256, true, true),
	    "the RSA modulus is malformed");
	assert_bad("ssh-rsa", rsa("\3", 1, 0x80, 256, true, false),
	    "the RSA modulus is malformed");
	assert_bad("ssh-rsa", rsa("", 0, 0x80, 256, true, true),
	    "the RSA exponent is malformed");
	assert_bad("ssh-rsa", rsa("\0", 1, 0x80, 256, true, true),
	    "the RSA exponent is malformed");
	assert_bad("ssh-rsa", rsa("\1", 1, 0x80, 256, true, true),
	    "the RSA exponent is malformed");
	assert_bad("ssh-rsa", rsa("\4", 1, 0x80, 256, true, true),
	    "the RSA exponent is malformed");
	assert_bad("ssh-rsa", rsa("\0\3", 2, 0x80, 256, true, true),
	    "the RSA exponent is malformed");
	assert_bad("ssh-rsa", rsa("\x83", 1, 0x80, 256, true, true),
	    "the RSA exponent is malformed");
}

static void
refuses_an_odd_application(void **state)
{
	static const char type[] = "sk-ssh-ed25519@openssh.com";
	struct field sk[] = { { type, 26 }, { zeros, 32 }, { "", 0 } };

	(void)state;
	assert_bad(type, blob_of(sk, 2), "the key's application is malformed");
	assert_bad(type, blob_of(sk, 3), "the key's application is malformed");
	sk[2] = (struct field){ "ssh:\n", 5 };
	assert_bad(
	    type, blob_of(sk, 3), "the key's application is not printable");
	sk[2] = (struct field){ zeros, 256 };
	assert_bad(type, blob_of(sk, 3), "the key's application is malformed");
}

static void
refuses_types_by_name(void **state)
{
	struct text_error error;

	(void)state;
	assert_int_equal(
	    keyblob_type("ssh-ed25519-cert-v01@openssh.com", &error),
	    REASON_CERTIFICATE);
	assert_string_equal(
	    error.what, "certificates are not accepted: list the plain key");
	assert_int_equal(keyblob_type("ssh-dss", &error), REASON_KEY_TYPE);
	assert_string_equal(error.what, "DSA keys are too weak to be accepted");
	assert_int_equal(keyblob_type("ssh-ed448", &error), REASON_KEY_TYPE);
	assert_non_null(strstr(error.what, "accepted: ssh-ed25519, ecdsa-"));
	assert_int_equal(keyblob_type("ssh-ed25519", &error), REASON_OK);
}

static void
tells_types_from_options(void **state)
{
	(void)state;
	assert_true(keyblob_is_type("ssh-ed25519"));
	assert_true(keyblob_is_type("ssh-dss"));
	assert_true(keyblob_is_type("sk-ssh-ed25519@openssh.com"));
	assert_false(keyblob_is_type("restrict"));
	assert_false(keyblob_is_type("profile=\"ssh-x\""));
	assert_false(keyblob_is_type("ssh-x,restrict"));
	assert_false(keyblob_is_type(""));
}

static void
finds_the_reason_inside_a_blob(void **state)
{
	struct text_error error;
	const char *cert = "ssh-rsa-cert-v01@openssh.com";
	size_t len = ed25519("ssh-ed25519", 32);

	(void)state;
	assert_int_equal(keyblob_reason(space, len, &error), REASON_OK);
	assert_int_equal(keyblob_reason(space, 3, &error), REASON_KEY_TYPE);
	assert_int_equal(keyblob_reason(space, 0, &error), REASON_KEY_TYPE);
	len = ed25519(cert, 32);
	assert_int_equal(
	    keyblob_reason(space, len, &error), REASON_CERTIFICATE);
	len = ed25519("\x1b[2J", 32);
	assert_int_equal(keyblob_reason(space, len, &error), REASON_KEY_TYPE);
	assert_null(strchr(error.what, '\x1b'));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_every_type_that_is_listed),
		cmocka_unit_test(refuses_every_truncation_and_one_byte_more),
		cmocka_unit_test(refuses_a_blob_of_another_type),
		cmocka_unit_test(refuses_malformed_points),
		cmocka_unit_test(refuses_rsa_that_is_short_or_malformed),
		cmocka_unit_test(refuses_integers_that_are_not_minimal),
		cmocka_unit_test(refuses_an_odd_application),
		cmocka_unit_test(refuses_types_by_name),
		cmocka_unit_test(tells_types_from_options),
		cmocka_unit_test(finds_the_reason_inside_a_blob),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

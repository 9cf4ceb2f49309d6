/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/client_arg.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#define PRINT "SHA256:2YEt+1H1P25piuaKPQrjrM3QlvZBQDayPPuLLYAx+w0"
#define BLOB \
	"AAAAC3NzaC1lZDI1NTE5AAAAIIfrl98NaCitwc+gQ2PtkPqjPixgfMU1nVfGcJqth/HF"

static char path[] = "/tmp/clientarg.XXXXXX";
static char print[FINGERPRINT_SIZE];

static int
set_up(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	return fd == -1 ? -1 : 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

static void
write_bytes(const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

static int
named_by(const char *text)
{
	write_bytes(text, strlen(text));
	strcpy(print, "untouched");
	return client_arg(path, print);
}

static void
takes_a_fingerprint_as_it_is(void **state)
{
	(void)state;
	assert_int_equal(client_arg(PRINT, print), 0);
	assert_string_equal(print, PRINT);
	assert_int_equal(client_arg(PRINT "a", print), EX_USAGE);
}

static void
finds_the_fingerprint_of_a_public_key(void **state)
{
	static const char *const texts[] = {
		"ssh-ed25519 " BLOB " ann@laptop\n",
		"ssh-ed25519 " BLOB,
		"profile=\"ci\",from=\"10.0.0.0/8\" ssh-ed25519 " BLOB " a\n",
		"# hers\n\n \tssh-ed25519\t" BLOB "  a comment of words\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(named_by(texts[i]), 0);
		assert_string_equal(print, PRINT);
	}
}

static void
refuses_what_is_no_public_key(void **state)
{
	static const char *const texts[] = {
		"",
		"\n# nothing\n",
		"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n",
		"ssh-ed25519\n",
		"ssh-ed25519 !!!! a\n",
		"ssh-ed25519 AAAA a\n",
		"ssh-rsa " BLOB " a\n",
		"ssh-ed25519 " BLOB "AAAA a\n",
		"profile=\"ci\" ssh-ed25519 AAAA a\n",
		"ssh-ed25519 " BLOB " a\nssh-ed25519 " BLOB " b\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(named_by(texts[i]), EX_DATAERR);
		assert_string_equal(print, "untouched");
	}
}

static void
refuses_what_is_no_text_of_a_key(void **state)
{
	static char large[20000];

	(void)state;
	write_bytes("ssh-ed25519 " BLOB "\0", sizeof("ssh-ed25519 " BLOB) + 1);
	assert_int_equal(client_arg(path, print), EX_DATAERR);
	memset(large, '\n', sizeof(large));
	write_bytes(large, sizeof(large));
	assert_int_equal(client_arg(path, print), EX_DATAERR);
	assert_int_equal(client_arg("/nowhere/key.pub", print), EX_DATAERR);
	assert_int_equal(client_arg("/tmp", print), EX_DATAERR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_a_fingerprint_as_it_is),
		cmocka_unit_test(finds_the_fingerprint_of_a_public_key),
		cmocka_unit_test(refuses_what_is_no_public_key),
		cmocka_unit_test(refuses_what_is_no_text_of_a_key),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/ctl/running.c src/ctl/log.c src/ctl/tell.c src/ctl/usage.c */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "ctl/verb.h"

static char dir[] = "/tmp/ctlcheck.XXXXXX";
static char out[2][4096]; /* stdout and stderr of the last run */

static const char *const folders[] = { "tokens.d", "keys.d", "profiles.d",
	"authorized_keys.d" };

static const struct {
	const char *name, *text;
} files[] = {
	{ "countersign.conf",
	    "[server]\nlisten = 127.0.0.1:0\nrun-dir = run\n"
	    "state-dir = state\n" },
	{ "tokens.d/soft.conf",
	    "[token soft]\nmodule = /usr/lib/softhsm/libsofthsm2.so\n"
	    "token = prod\npin-file = pin\n" },
	{ "keys.d/release.conf",
	    "[key release]\ntoken = soft\nobject = pkcs11:object=release\n"
	    "use = raw\n" },
	{ "keys.d/log.conf",
	    "[key log]\ntoken = soft\nobject = pkcs11:object=log\n"
	    "use = audit\n" },
	{ "profiles.d/ci.conf", "[profile ci]\nkeys = release\n" },
	{ "authorized_keys.d/ci",
	    "profile=\"ci\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBm/"
	    "RAlphM3+hUG6wWfcO5bIUIaqMLa2ywxcOK1wMWbh build01\n" },
};

#define FILES (sizeof(files) / sizeof(files[0]))

static void
put(const char *name, const char *text)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(name, 0644), 0);
}

/* Each test begins with a tree that is right. */
static int
set_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < FILES; i++)
		put(files[i].name, files[i].text);
	return 0;
}

static int
make_tree(void **state)
{
	(void)state;
	umask(022);
	if (mkdtemp(dir) == NULL || chdir(dir) == -1)
		return -1;
	for (size_t i = 0; i < 4; i++)
		if (mkdir(folders[i], 0755) == -1)
			return -1;
	return 0;
}

static int
remove_tree(void **state)
{
	(void)state;
	for (size_t i = 0; i < FILES; i++)
		unlink(files[i].name);
	for (size_t i = 0; i < 4; i++)
		rmdir(folders[i]);
	unlink("1");
	unlink("2");
	return chdir("/") == 0 ? rmdir(dir) : -1;
}

static int
run(verb_fn *verb, const char *tree, const char *more)
{
	static const char *const names[] = { "1", "2" };
	char word[] = "verb", second[32];
	char *argv[] = { word, more != NULL ? second : NULL, NULL };
	int keep[2], fd[2], rv;

	snprintf(second, sizeof(second), "%s", more != NULL ? more : "");
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		keep[i] = dup(i + 1);
		fd[i] = open(
		    names[i], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		dup2(fd[i], i + 1);
	}
	rv = verb(tree, more != NULL ? 2 : 1, argv);
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		ssize_t len = pread(fd[i], out[i], sizeof(out[i]) - 1, 0);

		dup2(keep[i], i + 1);
		close(keep[i]);
		close(fd[i]);
		out[i][len > 0 ? len : 0] = '\0';
	}
	return rv;
}

static void
counts_what_a_good_tree_has(void **state)
{
	const char *want =
	    "1 token, 2 keys, 1 profile, 1 client key; fingerprint ";

	(void)state;
	assert_int_equal(run(verb_check, dir, NULL), 0);
	assert_string_equal(out[1], "");
	assert_memory_equal(out[0], want, strlen(want));
	assert_int_equal(strcspn(out[0], "\n"), strlen(want) + 64);
	assert_non_null(
	    strstr(out[0], "\nwhat a reload would change is not known: "));
	assert_non_null(
	    strstr(out[0], "/state/running: No such file or directory\n"));
}

static void
warns_of_a_log_that_nobody_signs(void **state)
{
	(void)state;
	assert_int_equal(unlink("keys.d/log.conf"), 0);
	assert_int_equal(run(verb_check, dir, NULL), 0);
	assert_non_null(strstr(out[1], "keys.d: "));
	assert_non_null(strstr(out[1], "no key has use = audit"));
}

static void
the_fingerprint_follows_the_text(void **state)
{
	char before[sizeof(out[0])];

	(void)state;
	assert_int_equal(run(verb_check, dir, NULL), 0);
	memcpy(before, out[0], sizeof(before));
	assert_int_equal(run(verb_check, dir, NULL), 0);
	assert_string_equal(out[0], before);
	put("profiles.d/ci.conf", "[profile ci]\nkeys = release\n# more\n");
	assert_int_equal(run(verb_check, dir, NULL), 0);
	assert_string_not_equal(out[0], before);
}

static void
tells_every_error_by_file_and_line(void **state)
{
	(void)state;
	put("keys.d/release.conf",
	    "[key release]\ntoken = soft\nobject = pkcs11:object=release\n"
	    "use = row\n");
	put("profiles.d/ci.conf",
	    "[profile ci]\nkeys = release\ncolour = green\n");
	assert_int_equal(run(verb_check, dir, NULL), 1);
	assert_string_equal(out[0], "");
	assert_non_null(strstr(out[1], "keys.d/release.conf:4: "));
	assert_non_null(strstr(out[1], "profiles.d/ci.conf:3: "));
}

static void
refuses_a_format_that_is_not_built(void **state)
{
	(void)state;
	put("keys.d/release.conf",
	    "[key release]\ntoken = soft\nobject = pkcs11:object=release\n"
	    "use = wrapped\nformats = pdf\n");
	assert_int_equal(run(verb_check, dir, NULL), 1);
	assert_non_null(strstr(out[1], "keys.d/release.conf:5: "));
}

static void
refuses_a_certificate_that_cannot_be_used(void **state)
{
	(void)state;
	put("keys.d/../release.pem",
	    "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n");
	put("keys.d/release.conf",
	    "[key release]\ntoken = soft\nobject = pkcs11:object=release\n"
	    "use = wrapped\nformats = cms\ncertificate = ../release.pem\n");
	assert_int_equal(run(verb_check, dir, NULL), 1);
	assert_string_equal(out[1],
	    "keys.d/release.conf:6: key release: certificate "
	    "keys.d/../release.pem: certificate 1 in it cannot be read\n");
	assert_int_equal(unlink("release.pem"), 0);
}

static void
refuses_a_tree_that_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(run(verb_check, "/nonexistent", NULL), 1);
	assert_string_equal(
	    out[1], "/nonexistent: No such file or directory\n");
	assert_int_equal(run(verb_reload, "/nonexistent", NULL), 1);
	assert_int_equal(run(verb_status, "/nonexistent", NULL), 1);
}

static void
asks_where_the_tree_says(void **state)
{
	char want[128];

	(void)state;
	snprintf(want, sizeof(want), "%s/run/admin.sock", dir);
	assert_int_equal(run(verb_status, dir, "--json"), EX_UNAVAILABLE);
	assert_non_null(strstr(out[1], want));
	assert_int_equal(run(verb_reload, dir, NULL), EX_UNAVAILABLE);
	assert_non_null(strstr(out[1], "not running"));
}

static void
refuses_words_too_many(void **state)
{
	(void)state;
	assert_int_equal(run(verb_check, dir, "now"), EX_USAGE);
	assert_int_equal(run(verb_reload, dir, "now"), EX_USAGE);
	assert_int_equal(run(verb_status, dir, "--xml"), EX_USAGE);
	assert_int_equal(run(verb_log, dir, "burn"), EX_USAGE);
	assert_int_equal(run(verb_log, dir, NULL), EX_USAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counts_what_a_good_tree_has, set_up),
		cmocka_unit_test_setup(
		    warns_of_a_log_that_nobody_signs, set_up),
		cmocka_unit_test_setup(
		    the_fingerprint_follows_the_text, set_up),
		cmocka_unit_test_setup(
		    tells_every_error_by_file_and_line, set_up),
		cmocka_unit_test_setup(
		    refuses_a_format_that_is_not_built, set_up),
		cmocka_unit_test_setup(
		    refuses_a_certificate_that_cannot_be_used, set_up),
		cmocka_unit_test_setup(
		    refuses_a_tree_that_is_not_there, set_up),
		cmocka_unit_test_setup(asks_where_the_tree_says, set_up),
		cmocka_unit_test_setup(refuses_words_too_many, set_up),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}

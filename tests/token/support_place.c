/* SPDX-License-Identifier: Apache-2.0 */
#include "support_service.h"

#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct place place;

const char *
place_path(const char *name)
{
	static char paths[8][256];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", place.dir, name);
	return path;
}

static void
write_file(const char *name, const char *text)
{
	int fd = open(place_path(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

int
place_ctl(const char *first, ...)
{
	char program[1100], *argv[32] = { NULL };
	const char *word = first;
	size_t n = 0;
	va_list ap;
	pid_t pid;
	int status;

	snprintf(program, sizeof(program), "%s/countersignctl", place.build);
	argv[n++] = program;
	argv[n++] = strdup("token");
	va_start(ap, first);
	for (; word != NULL && n < 31; word = va_arg(ap, const char *))
		argv[n++] = strdup(word);
	va_end(ap);
	if ((pid = fork()) == 0) {
		setenv("SOFTHSM2_CONF", place_path("softhsm2.conf"), 1);
		/* SoftHSM loses a few bytes for each Edwards key it makes. */
		setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
		if (freopen("/dev/null", "w", stdout) == NULL)
			_exit(127);
		execv(program, argv);
		_exit(127);
	}
	while (n > 1)
		free(argv[--n]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
find_build(void)
{
	char *slash;
	ssize_t len;

	len = readlink("/proc/self/exe", place.build, sizeof(place.build) - 1);
	assert_true(len > 0);
	place.build[len] = '\0';
	/* build/VARIANT/tests/token/test_x */
	for (int i = 0; i < 3; i++)
		if ((slash = strrchr(place.build, '/')) != NULL)
			*slash = '\0';
}

static void
open_log(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	place.log = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_not_equal(place.log, -1);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", place_path("log"));
	assert_int_equal(
	    bind(place.log, (const struct sockaddr *)&at, sizeof(at)), 0);
}

static void
make_keys(void)
{
	static const char *const keys[][2] = {
		{ "rsa3072", "rsa:3072" },
		{ "rsa4096", "rsa:4096" },
		{ "p256", "p256" },
		{ "p384", "p384" },
		{ "p521", "p521" },
		{ "ed25519", "ed25519" },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_int_equal(
		    place_ctl("keygen", "--module", SOFTHSM, "--label", LABEL,
			"--pin-file", place_path("pin"), "--name", keys[i][0],
			"--type", keys[i][1], NULL),
		    0);
}

int
place_make(void **state)
{
	char text[256];

	(void)state;
	strcpy(place.dir, "/tmp/countersign-test-XXXXXX");
	if (mkdtemp(place.dir) == NULL)
		return -1;
	find_build();
	assert_int_equal(mkdir(place_path("tokens"), 0700), 0);
	snprintf(text, sizeof(text),
	    "directories.tokendir = %s\nlog.level = ERROR\n",
	    place_path("tokens"));
	write_file("softhsm2.conf", text);
	open_log();
	assert_int_equal(place_ctl("init", "--module", SOFTHSM, "--label",
			     LABEL, "--pin-file", place_path("pin"),
			     "--so-pin-file", place_path("so-pin"), NULL),
	    0);
	make_keys();
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int
seal_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return chmod(path, type == FTW_F ? 0440 : 0550);
}

static int
unseal_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return chmod(path, type == FTW_F ? 0600 : 0700);
}

void
place_seal(bool sealed)
{
	assert_int_equal(nftw(place_path("tokens"),
			     sealed ? seal_one : unseal_one, 8, FTW_PHYS),
	    0);
}

int
place_remove(void **state)
{
	(void)state;
	close(place.log);
	place_seal(false);
	return nftw(place.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void
place_fault(const char *words)
{
	write_file("fault", words != NULL ? words : "");
}

void
place_next(char *ret, size_t size)
{
	struct pollfd p = { .fd = place.log, .events = POLLIN };
	ssize_t len;

	assert_int_equal(poll(&p, 1, 10000), 1);
	len = recv(place.log, ret, size - 1, 0);
	assert_true(len >= 0);
	ret[len] = '\0';
}

unsigned
place_told(const char *text)
{
	char got[256];
	unsigned count = 0;
	ssize_t len;

	while (
	    (len = recv(place.log, got, sizeof(got) - 1, MSG_DONTWAIT)) >= 0) {
		got[len] = '\0';
		if (strcmp(got, text) == 0)
			count++;
	}
	return count;
}

static void
add_variable(struct token_setup *setup, const char *name, const char *value)
{
	snprintf(setup->environment[setup->variables++], TOKEN_VARIABLE,
	    "%s=%s", name, value);
}

struct token_setup
setup_plain(void)
{
	struct token_setup setup = {
		.name = "demo", .module = SOFTHSM, .label = LABEL
	};

	strcpy(setup.pin_file, place_path("pin"));
	add_variable(&setup, "SOFTHSM2_CONF", place_path("softhsm2.conf"));
	return setup;
}

struct token_setup
setup_with_shim(void)
{
	struct token_setup setup = setup_plain();

	snprintf(setup.module, sizeof(setup.module),
	    "%.900s/tools/module_fault", place.build);
	add_variable(&setup, "FAULT_MODULE", SOFTHSM);
	add_variable(&setup, "FAULT_FILE", place_path("fault"));
	add_variable(&setup, "FAULT_LOG", place_path("log"));
	return setup;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/ground.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/cs-ground-XXXXXX";
static char key[64], run_dir[64], state_dir[64], log_file[64], log_dir[64];

static int
set_up(void **state)
{
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(key, sizeof(key), "%s/key", folder);
	snprintf(run_dir, sizeof(run_dir), "%s/run", folder);
	snprintf(state_dir, sizeof(state_dir), "%s/state", folder);
	snprintf(log_dir, sizeof(log_dir), "%s/log", folder);
	snprintf(log_file, sizeof(log_file), "%s/log/audit.log", folder);
	fd = open(key, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(key);
	rmdir(run_dir);
	rmdir(state_dir);
	rmdir(log_dir);
	rmdir(folder);
	return 0;
}

static struct users
ourselves(void)
{
	return (struct users){ .net_uid = geteuid(),
		.broker_uid = geteuid(),
		.broker_gid = getegid() };
}

static int
open_key(struct text_error *error)
{
	const struct users us = ourselves();

	return ground_host_key(key, &us, error);
}

static void
takes_a_private_host_key(void **state)
{
	struct text_error error;
	int fd = open_key(&error);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
}

static void
refuses_a_host_key_that_others_may_touch(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0601 };
	struct text_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod(key, modes[i]), 0);
		assert_int_equal(open_key(&error), -1);
		assert_non_null(strstr(error.what, "open to others"));
		assert_string_equal(error.file, key);
	}
	assert_int_equal(chmod(key, 0600), 0);
}

static void
refuses_a_host_key_of_somebody_else(void **state)
{
	struct text_error error;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(key, 65534, 65534), 0);
	assert_int_equal(open_key(&error), -1);
	assert_non_null(strstr(error.what, "uid 65534"));
	assert_int_equal(chown(key, 0, 0), 0);
}

static void
takes_a_host_key_of_the_net_user(void **state)
{
	struct users users = ourselves();
	struct text_error error;
	int fd;

	(void)state;
	if (geteuid() != 0)
		skip();
	users.net_uid = 65534;
	assert_int_equal(chown(key, 65534, 65534), 0);
	fd = ground_host_key(key, &users, &error);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(chown(key, 0, 0), 0);
}

static void
refuses_what_is_no_file(void **state)
{
	const struct users us = ourselves();
	struct text_error error;
	char link[80];

	(void)state;
	assert_int_equal(ground_host_key(folder, &us, &error), -1);
	snprintf(link, sizeof(link), "%s.link", folder);
	assert_int_equal(symlink(key, link), 0);
	assert_int_equal(ground_host_key(link, &us, &error), -1);
	unlink(link);
	assert_int_equal(mkfifo(link, 0600), 0);
	assert_int_equal(ground_host_key(link, &us, &error), -1);
	unlink(link);
}

static void
names_the_command_that_makes_a_host_key(void **state)
{
	const struct users us = ourselves();
	struct text_error error;

	(void)state;
	assert_int_equal(ground_host_key("/nonexistent/key", &us, &error), -1);
	assert_non_null(strstr(error.what, "ssh-keygen"));
}

static void
makes_the_folders_that_are_missing(void **state)
{
	const struct server_conf conf = { .run_dir = run_dir,
		.state_dir = state_dir,
		.audit_file = log_file };
	struct users users = ourselves();
	struct text_error error;
	struct stat st;

	(void)state;
	if (geteuid() == 0)
		users.broker_uid = users.broker_gid = 65534;
	assert_int_equal(ground_folders(&conf, &users, &error), 0);
	assert_int_equal(stat(run_dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(st.st_uid, users.broker_uid);
	assert_int_equal(stat(log_dir, &st), 0);
	assert_int_equal(st.st_gid, users.broker_gid);
	/* What is there already stays as it is. */
	assert_int_equal(chmod(run_dir, 0700), 0);
	assert_int_equal(ground_folders(&conf, &users, &error), 0);
	assert_int_equal(stat(run_dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void
says_which_folder_it_cannot_make(void **state)
{
	const struct server_conf conf = { .run_dir = "/nonexistent/run/x",
		.state_dir = state_dir,
		.audit_file = log_file };
	const struct users us = ourselves();
	struct text_error error;

	(void)state;
	assert_int_equal(ground_folders(&conf, &us, &error), -1);
	assert_non_null(strstr(error.what, "/nonexistent/run/x"));
}

static void
names_the_command_that_makes_a_user(void **state)
{
	const struct server_conf conf = { .net_user = "nobody",
		.broker_user = "_no-such-user",
		.token_user = "daemon",
		.lists_user = "bin" };
	struct text_error error;
	struct users users;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(ground_users(&conf, &users, &error), -1);
	assert_non_null(strstr(error.what, "useradd --system"));
	assert_non_null(strstr(error.what, "_no-such-user"));
}

static void
refuses_users_that_are_not_four(void **state)
{
	struct server_conf conf = { .net_user = "nobody",
		.broker_user = "nobody",
		.token_user = "daemon",
		.lists_user = "bin" };
	struct text_error error;
	struct users users;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(ground_users(&conf, &users, &error), -1);
	assert_non_null(strstr(error.what, "four users"));
	conf.broker_user = "root";
	assert_int_equal(ground_users(&conf, &users, &error), -1);
	assert_non_null(strstr(error.what, "must not be root"));
	conf.broker_user = "bin";
	assert_int_equal(ground_users(&conf, &users, &error), -1);
	assert_non_null(strstr(error.what, "four users"));
	conf.lists_user = "sys";
	assert_int_equal(ground_users(&conf, &users, &error), 0);
	assert_string_equal(users.broker, "bin");
	assert_string_equal(users.token, "daemon");
	assert_string_equal(users.lists, "sys");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_a_private_host_key),
		cmocka_unit_test(refuses_a_host_key_that_others_may_touch),
		cmocka_unit_test(refuses_a_host_key_of_somebody_else),
		cmocka_unit_test(takes_a_host_key_of_the_net_user),
		cmocka_unit_test(refuses_what_is_no_file),
		cmocka_unit_test(names_the_command_that_makes_a_host_key),
		cmocka_unit_test(makes_the_folders_that_are_missing),
		cmocka_unit_test(says_which_folder_it_cannot_make),
		cmocka_unit_test(names_the_command_that_makes_a_user),
		cmocka_unit_test(refuses_users_that_are_not_four),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

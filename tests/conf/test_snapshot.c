/* SPDX-License-Identifier: Apache-2.0 */
/* covers: src/conf/spool.c src/conf/snapshot_tree.c */
#include "conf/snapshot.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/hours.h"
#include "support_folder.h"

#define HEAD "countersign-running 1\n"
#define PRINT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define END "end " PRINT "\n"
#define PEM "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"

static const struct format_word formats[] = { { .name = "raw" } };

static struct text_error error;

/* 0 or -1; what was wrong is in error. */
static int
read_text(const char *text, size_t len, struct snapshot *ret)
{
	char *copy = malloc(len + 1);
	int rv;

	assert_non_null(copy);
	memcpy(copy, text, len);
	copy[len] = '\0';
	memset(&error, 0, sizeof(error));
	if ((rv = snapshot_read(copy, len, ret, &error)) == -1)
		free(copy);
	return rv;
}

static void
refuses(const char *text, const char *why)
{
	struct snapshot snapshot;

	assert_int_equal(read_text(text, strlen(text), &snapshot), -1);
	assert_string_equal(error.what, why);
}

static void
put_tree(void)
{
	folder_put("countersign.conf", "[server]\nuser = sign\n", 0644);
	folder_put("tokens.d/t.conf",
	    "[token t]\nmodule = /m.so\ntoken = demo\npin-file = pin\n", 0644);
	folder_put("keys.d/k.conf",
	    "[key release]\ntoken = t\nobject = pkcs11:object=release\n"
	    "use = raw\ncertificate = ../release.pem\n",
	    0644);
	folder_put("release.pem", PEM, 0644);
	folder_put("profiles.d/a.conf", "[profile a]\nkeys = release\n", 0644);
	folder_put("profiles.d/b.conf",
	    "[profile b]\nkeys = release\n"
	    "hours = Mon-Fri 08:00-18:00 Europe/Berlin\n",
	    0644);
	folder_put("authorized_keys.d/ci",
	    "profile=\"a\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIfrl98NaCitwc"
	    "+gQ2PtkPqjPixgfMU1nVfGcJqth/HF build01\n",
	    0644);
}

/* The folder's tree, its texts put in place; the state-dir is the folder. */
static void
publish(void)
{
	struct spool spool;
	struct told told = { .count = 0 };
	struct tree *tree;

	spool_init(&spool, folder);
	tree =
	    conf_load(folder, formats, 1, spool_add, &spool, told_add, &told);
	assert_string_equal(told.text, "");
	assert_int_equal(spool_publish(&spool, folder, PRINT), 0);
	spool_release(&spool);
	tree_free(tree);
}

static void
what_was_read_is_there_again(void **state)
{
	struct told told = { .count = 0 };
	struct snapshot snapshot;
	struct tree *tree;
	struct stat st;
	char path[128];

	(void)state;
	put_tree();
	publish();
	snprintf(path, sizeof(path), "%s/running", folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	folder_put("profiles.d/b.conf", "[profile broken", 0644);
	folder_put("release.pem", "gone", 0644);
	assert_int_equal(snapshot_load(folder, &snapshot, &error), 0);
	assert_string_equal(snapshot.fingerprint, PRINT);
	assert_int_equal(snapshot.count, 8);
	tree = snapshot_tree(&snapshot, folder, formats, 1, told_add, &told);
	assert_string_equal(told.text, "");
	assert_non_null(tree_profile_by_name(tree, "b"));
	/* A Monday at 08:00 in Berlin. */
	assert_true(hours_now(
	    tree_profile_by_name(tree, "b")->limits.hours, 1799046000));
	assert_int_equal(tree_clients(tree), 1);
	assert_string_equal(
	    tree_generation(tree, 0)->file[KEY_FILE_CERTIFICATE], PEM);
	tree_free(tree);
	snapshot_release(&snapshot);
}

static void
note_name(void *arg, const char *file, const void *text, size_t len)
{
	char *names = arg;

	(void)text;
	assert_true(len > 0);
	strncat(names, file, 200);
	strncat(names, " ", 2);
}

static void
hands_out_what_is_below_a_prefix(void **state)
{
	struct snapshot snapshot;
	char names[1024] = "";

	(void)state;
	put_tree();
	publish();
	assert_int_equal(snapshot_load(folder, &snapshot, &error), 0);
	snapshot_each(&snapshot, "profiles.d/", note_name, names);
	assert_string_equal(names, "profiles.d/a.conf profiles.d/b.conf ");
	snapshot_release(&snapshot);
}

static void
drops_what_is_below_a_prefix_and_no_more(void **state)
{
	struct told told = { .count = 0 };
	struct snapshot snapshot;
	struct tree *tree;
	char names[1024] = "";

	(void)state;
	put_tree();
	publish();
	assert_int_equal(snapshot_load(folder, &snapshot, &error), 0);
	snapshot_drop(&snapshot, "profiles.d/a");
	assert_int_equal(snapshot.count, 7);
	snapshot_drop(&snapshot, "d/");
	assert_int_equal(snapshot.count, 7);
	snapshot_each(&snapshot, "profiles.d/", note_name, names);
	assert_string_equal(names, "profiles.d/b.conf ");
	snapshot_drop(&snapshot, "authorized_keys.d/");
	tree = snapshot_tree(&snapshot, folder, formats, 1, told_add, &told);
	assert_string_equal(told.text, "");
	assert_int_equal(tree_profiles(tree), 1);
	assert_int_equal(tree_clients(tree), 0);
	tree_free(tree);
	snapshot_drop(&snapshot, "");
	assert_int_equal(snapshot.count, 0);
	snapshot_release(&snapshot);
}

static void
a_tree_that_lacks_a_certificate_is_none(void **state)
{
	struct told told = { .count = 0 };
	struct snapshot snapshot;

	(void)state;
	put_tree();
	publish();
	assert_int_equal(snapshot_load(folder, &snapshot, &error), 0);
	for (size_t i = 0; i < snapshot.count; i++)
		if (strstr(snapshot.list[i].file, "release.pem") != NULL)
			snapshot.list[i].file = "elsewhere.pem";
	assert_null(
	    snapshot_tree(&snapshot, folder, formats, 1, told_add, &told));
	assert_string_equal(told.text, "running:0: it lacks a key's file\n");
	snapshot_release(&snapshot);
}

static void
a_tree_that_lacks_a_time_zone_is_none(void **state)
{
	struct told told = { .count = 0 };
	struct snapshot snapshot;

	(void)state;
	put_tree();
	publish();
	assert_int_equal(snapshot_load(folder, &snapshot, &error), 0);
	for (size_t i = 0; i < snapshot.count; i++)
		if (strstr(snapshot.list[i].file, "Berlin") != NULL)
			snapshot.list[i].file = "elsewhere";
	assert_null(
	    snapshot_tree(&snapshot, folder, formats, 1, told_add, &told));
	assert_string_equal(told.text,
	    "profiles.d/b.conf:3: profile b: hours: time zone Europe/Berlin: "
	    "it was not read\n");
	snapshot_release(&snapshot);
}

static void
a_text_that_is_wrong_makes_no_tree(void **state)
{
	struct told told = { .count = 0 };
	struct snapshot snapshot;
	const char *text = HEAD "file 13 keys.d/k.conf\n[key release]\n" END;

	(void)state;
	assert_int_equal(read_text(text, strlen(text), &snapshot), 0);
	assert_null(
	    snapshot_tree(&snapshot, "/etc/cs", formats, 1, told_add, &told));
	assert_true(told.count > 0);
	assert_non_null(strstr(told.text, "keys.d/k.conf:1: "));
	snapshot_release(&snapshot);
}

static void
refuses_every_truncation_and_what_follows(void **state)
{
	static const char text[] =
	    HEAD "file 3 a\nxyz\nfile 0 b c\n\nfile 2 d\n\n\n\n" END;
	struct snapshot snapshot;

	(void)state;
	assert_int_equal(read_text(text, sizeof(text) - 1, &snapshot), 0);
	assert_int_equal(snapshot.count, 3);
	assert_string_equal(snapshot.list[0].text, "xyz");
	assert_string_equal(snapshot.list[1].file, "b c");
	assert_string_equal(snapshot.list[2].text, "\n\n");
	snapshot_release(&snapshot);
	for (size_t len = 0; len < sizeof(text) - 1; len++)
		assert_int_equal(read_text(text, len, &snapshot), -1);
	/* One byte more: the string's own NUL. */
	assert_int_equal(read_text(text, sizeof(text), &snapshot), -1);
}

static void
refuses_what_we_do_not_write(void **state)
{
	const char *odd = "entry 1: its length or name is not what we write";
	const char *end = "it does not end as it should";

	(void)state;
	refuses("", "it does not begin as it should");
	refuses(
	    "countersign-running 2\n" END, "it does not begin as it should");
	refuses(HEAD, "it was cut");
	refuses(HEAD "dir 1 a\nx\n" END, "it was cut");
	refuses(HEAD "file 1\nx\n" END, "entry 1: its head was cut");
	refuses(HEAD "file x a\nx\n" END, odd);
	refuses(HEAD "file -1 a\nx\n" END, odd);
	refuses(HEAD "file 99999999999999999999 a\nx\n" END, odd);
	refuses(HEAD "file 1 \nx\n" END, odd);
	refuses(HEAD "file 1 a\033\nx\n" END, odd);
	refuses(
	    HEAD "file 2 a\nx\n" END, "entry 1: it is shorter than its length");
	refuses(HEAD "file 1000 a\nx\n" END,
	    "entry 1: it is shorter than its length");
	refuses(HEAD "file 1 a\nx\n" END END, end);
	refuses(HEAD "end " PRINT "0\n", end);
	refuses(HEAD "end 0123\n", end);
	refuses(HEAD "end g" PRINT "\n", end);
}

static void
a_spool_without_room_takes_the_old_one_away(void **state)
{
	struct snapshot snapshot;
	struct spool spool;
	char path[128];

	(void)state;
	put_tree();
	publish();
	/* Only reading: as if the disk were full. */
	snprintf(path, sizeof(path), "%s/countersign.conf", folder);
	spool_init(&spool, folder);
	close(spool.fd);
	spool.fd = open(path, O_RDONLY | O_CLOEXEC);
	spool_add(&spool, "countersign.conf", "x", 1);
	assert_int_equal(spool_publish(&spool, folder, PRINT), -1);
	spool_release(&spool);
	assert_int_equal(snapshot_load(folder, &snapshot, &error), -1);
	assert_string_equal(error.what, "No such file or directory");
}

static void
a_state_dir_that_is_not_there_is_told_at_the_end(void **state)
{
	struct spool spool;

	(void)state;
	spool_init(&spool, "/nonexistent");
	spool_add(&spool, "countersign.conf", "x", 1);
	assert_int_equal(spool_publish(&spool, "/nonexistent", PRINT), -1);
	spool_release(&spool);
}

static void
follows_no_link_and_reads_no_folder(void **state)
{
	struct snapshot snapshot;
	char path[128], other[128];

	(void)state;
	put_tree();
	publish();
	snprintf(path, sizeof(path), "%s/running", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink("other", path), 0);
	assert_int_equal(snapshot_load(folder, &snapshot, &error), -1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(snapshot_load(folder, &snapshot, &error), -1);
}

int
main(void)
{
#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, folder_make, folder_drop)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(what_was_read_is_there_again),
		IN_FOLDER(hands_out_what_is_below_a_prefix),
		IN_FOLDER(drops_what_is_below_a_prefix_and_no_more),
		IN_FOLDER(a_tree_that_lacks_a_certificate_is_none),
		IN_FOLDER(a_tree_that_lacks_a_time_zone_is_none),
		cmocka_unit_test(a_text_that_is_wrong_makes_no_tree),
		cmocka_unit_test(refuses_every_truncation_and_what_follows),
		cmocka_unit_test(refuses_what_we_do_not_write),
		IN_FOLDER(a_spool_without_room_takes_the_old_one_away),
		cmocka_unit_test(
		    a_state_dir_that_is_not_there_is_told_at_the_end),
		IN_FOLDER(follows_no_link_and_reads_no_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
